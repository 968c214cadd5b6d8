internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import Synchronization

/// Lets the rule of a type of values decide inside Git's merge of trees.
final class RuleMerger<Value: Contents>: ContentMerger {
  private let rule = Value.mergeRule
  private let reasons = Mutex<[TreePath: String]>([:])

  func merge(_ request: ContentMergeRequest) throws(PandoError) -> ContentMergeResult {
    if rule.isByLines { return .undecided }
    let path = request.path
    let base = request.base.flatMap { try? Value(parsing: $0.bytes.span) }
    let hasLostBase = request.base != nil && base == nil
    if hasLostBase, request.ours == nil || request.theirs == nil { return .undecided }
    let ours: Value?
    let theirs: Value?
    do {
      ours = try request.ours.map { version in try Value(parsing: version.bytes.span) }
      theirs = try request.theirs.map { version in try Value(parsing: version.bytes.span) }
    } catch {
      return conflict(request, "one side cannot be read as \(Value.self): \(error)")
    }
    let resolution: MergeRule<Value>.Resolution
    do { resolution = try rule.merge(base: base, ours: ours, theirs: theirs) } catch {
      throw PandoError(.invalidInput, "the merge rule failed for '\(path)'", cause: error)
    }
    switch resolution {
    case .value(let value?): return .merged(try value.bytes(at: path))
    case .value(nil): return .removed
    case .conflict(let reason): return conflict(request, reason)
    }
  }

  /// Our version stands for what is not decided. Inside a merge base nobody decides: there the
  /// lines stand with Git's markers, which are no value, so that no side passes for unchanged.
  private func conflict(_ request: ContentMergeRequest, _ reason: String) -> ContentMergeResult {
    if request.isVirtual { return .undecided }
    reasons.withLock { $0[request.path] = reason }
    guard let ours = request.ours, request.theirs != nil else { return .undecided }
    return .conflict(ours.bytes, request.base == nil ? .addAdd : .value)
  }

  func conflict(_ conflict: Conflict, _ loader: TreeLoader) -> MergeConflict<Value> {
    let reason = reasons.withLock { $0[conflict.originalPath] }
    return MergeConflict(
      path: conflict.originalPath, place: conflict.path,
      reason: reason ?? conflict.kind.explanation, kind: conflict.kind,
      base: conflict.base, ours: conflict.ours, theirs: conflict.theirs, loader: loader)
  }
}

extension Conflict.Kind {
  fileprivate var explanation: String {
    switch self {
    case .content: "both sides changed the same lines"
    case .addAdd: "both sides added something different"
    case .modifyDelete: "one side changed what the other deleted"
    case .fileDirectory: "one side has a directory where the other has a file"
    case .distinctTypes: "the sides have things of different types"
    case .mode: "the sides gave different permissions"
    case .binary: "both sides changed what is not text"
    case .symbolicLink: "both sides changed where a symbolic link leads"
    case .submodule: "both sides moved a submodule"
    case .renameRename: "each side gave it another name"
    case .renameDelete: "one side renamed what the other deleted"
    case .fileLocation: "one side put it into a directory that the other renamed"
    case .implicitRename: "several paths would move here with their directories"
    case .directoryRenameSplit: "one side renamed the directory to several others"
    case .value: "the sides changed the value differently"
    }
  }
}
