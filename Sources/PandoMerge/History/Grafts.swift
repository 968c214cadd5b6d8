public import PandoObjects

/// Parents that a walk believes instead of those that a commit names: the boundary of a shallow
/// clone, replaced history.
public struct Grafts: Hashable, Sendable {
  /// The parents to believe, by commit.
  public var parents: [ObjectID: [ObjectID]]

  /// Believes `parents` for the commits that are its keys.
  public init(parents: [ObjectID: [ObjectID]] = [:]) { self.parents = parents }

  /// Takes the commits of `shallow` for roots: their parents were not fetched.
  public init(shallow: some Sequence<ObjectID>) {
    parents = [:]
    for id in shallow { parents[id] = [] }
  }

  /// Every commit has the parents it names.
  public static let none = Grafts()
}
