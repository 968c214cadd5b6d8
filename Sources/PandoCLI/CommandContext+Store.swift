internal import PandoObjects
internal import PandoStorage
internal import PandoStore

extension CommandContext {
  /// The branch of that name in the repository as a store of bytes; what HEAD names when nil.
  func storeBranch(_ name: String?) throws -> Branch<[UInt8]> {
    let repository = try repository()
    var options = StoreOptions()
    options.clock = clock
    let store = Store<[UInt8]>(
      objects: repository.objects, references: repository.references, options: options)
    return if let name { try store.branch(name) } else { try store.defaultBranch }
  }
}
