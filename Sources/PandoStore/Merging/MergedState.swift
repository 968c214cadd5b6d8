internal import PandoMerge
internal import PandoObjects

/// A merged tree, and what has to be decided before it is committed.
struct MergedState<Value: Contents> {
  let root: ObjectID
  let conflicts: [MergeConflict<Value>]
  let batch: ObjectBatch
  let loader: TreeLoader

  init(
    _ merged: TreeMergeResult, _ batch: ObjectBatch, _ merger: RuleMerger<Value>,
    _ loader: TreeLoader
  ) {
    root = merged.tree
    self.batch = batch
    self.loader = batch.isEmpty ? loader : loader.layering(batch)
    let readable = self.loader
    conflicts = merged.conflicts.map { merger.conflict($0, readable) }
  }

  init(_ preview: MergePreview<Value>) {
    root = preview.snapshot.id
    conflicts = preview.conflicts
    batch = preview.batch
    loader = preview.snapshot.loader
  }

  /// The tree to commit; nil while there are conflicts.
  func built(_ resolving: Branch<Value>.Resolver?) throws -> BuiltTree? {
    if conflicts.isEmpty { return BuiltTree(root: root, batch: batch, trees: []) }
    guard let resolving else { return nil }
    let overlay = try TreeOverlay(loader: loader, root: root, imported: batch)
    var editor = TreeEditor<Value>(overlay)
    guard try resolving(conflicts, &editor) else { return nil }
    return try editor.overlay.build()
  }
}
