internal import PandoStorage
internal import PandoStore

extension CommandContext {
  /// The repository as a store of bytes.
  func store() throws -> Store<[UInt8]> { try Store(repository: repository()) }

  /// The branch of that name in the store; what HEAD names when nil.
  func storeBranch(_ name: String?) throws -> Branch<[UInt8]> {
    let store = try store()
    if let name { return try store.branch(name) }
    return try store.defaultBranch
  }
}
