internal import PandoBytes
package import PandoFiles
package import PandoObjects

/// Verifies the objects of one database: each by itself, and then whether everything that others
/// name is there.
///
/// Every object is read once. Since names are hashes, nothing can name itself by a detour: when all
/// that is named by anything is there, nothing is missing, and what nothing names is either a root
/// or dangles. Only when that does not hold, or somebody asks for all that is unreachable, is the
/// history walked once more from its roots.
package struct ObjectVerification {
  let database: ObjectDatabase
  var options: VerificationOptions
  let progress: (any ProgressMeter)?
  let report: (VerificationEvent) -> Void
  /// How a path is shown.
  let shown: (FilePath) -> String
  var states: ObjectStates
  var checker: ObjectChecker
  /// What is wrong so far.
  package internal(set) var areas: VerificationArea = []
  /// Objects that are reachable and not yet followed.
  var pending: [Int] = []
  /// Whether everything reachable was followed.
  var hasWalked = false
  /// What a partial clone may lack.
  var promised: PromisedObjects?
  /// Ways to objects, when they are wanted.
  var paths: [Int: ByteString] = [:]

  /// Begins to verify the objects of `database`; `shown` makes text of a path.
  package init(
    _ database: ObjectDatabase, options: VerificationOptions, progress: (any ProgressMeter)?,
    shown: @escaping (FilePath) -> String, report: @escaping (VerificationEvent) -> Void
  ) throws(PandoError) {
    self.database = database
    self.options = options
    self.progress = progress
    self.shown = shown
    self.report = report
    let indexes = try database.packs().map(\.index).filter { (try? $0.verify()) != nil }
    states = ObjectStates(IndexedNames(indexes))
    promised = options.isPartial ? try PromisedObjects(database) : nil
    checker = ObjectChecker(options.policy, algorithm: database.hashAlgorithm)
  }

  /// Tells something, and remembers what is wrong.
  package mutating func tell(_ event: VerificationEvent) {
    if let area = event.area { areas.formUnion(area) }
    report(event)
  }

  var wishes: ObjectInspection.Wishes {
    ObjectInspection.Wishes(
      roots: options.tellsRoots, tags: options.tellsTags, steps: options.tellsSteps)
  }

  /// Looks at every object by itself.
  package mutating func checkObjects() throws(PandoError) {
    if options.onlyConnects { return try noteObjects() }
    for place in database.loosePlaces.prefix(options.isFull ? .max : 1) {
      try checkLooseObjects(place)
    }
    if options.isFull { try checkPacks() }
    let database = database
    var events: [VerificationEvent] = []
    try checker.finish({ (id) throws(PandoError) in
      // A damaged one has been told of.
      try? database.read(id)
    }) { events.append(.object($0)) }
    for event in events { tell(event) }
  }

  /// Notes which objects there are, without reading them.
  private mutating func noteObjects() throws(PandoError) {
    for place in database.loosePlaces {
      for id in try place.ids() { states.notePresent(states.number(of: id), nil) }
    }
    for pack in try database.packs() {
      let index = pack.index
      for position in 0..<index.count {
        states.notePresent(states.number(of: index.id(at: position)), nil)
      }
    }
  }
}
