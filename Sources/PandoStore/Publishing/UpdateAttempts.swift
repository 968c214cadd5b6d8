internal import PandoObjects

/// How often a change has been tried on a branch that others keep moving.
struct UpdateAttempts {
  /// Losing to a commit of one's own process means that there is progress, and costs no wait.
  private static let attemptsHerePerOther = 100

  private let engine: StoreEngine
  private let place: BranchHead
  private var lostToOthers = 0
  private var lostHere = 0

  init(_ engine: StoreEngine, on place: BranchHead) {
    self.engine = engine
    self.place = place
  }

  /// Looks at what became of an attempt: true when it is done. Else there is to be another one, for
  /// which this waits; throws what the attempt failed of, and `.conflictingUpdate` when there were
  /// enough.
  mutating func isOver(_ outcome: CommitOutcome) throws(PandoError) -> Bool {
    switch outcome {
    case .done: return true
    case .failed(let error):
      // A lock that somebody holds for a moment is waited for.
      guard error.code == .locked, lostToOthers + 1 < engine.options.updateAttemptsMax else {
        throw error
      }
      try backOff()
    case .lostToOthers: try backOff()
    case .lostHere:
      lostHere += 1
      guard lostHere <= engine.options.updateAttemptsMax * Self.attemptsHerePerOther else {
        throw engine.tooManyAttempts(on: place)
      }
    }
    return false
  }

  private mutating func backOff() throws(PandoError) {
    lostToOthers += 1
    guard lostToOthers < max(1, engine.options.updateAttemptsMax) else {
      throw engine.tooManyAttempts(on: place)
    }
    engine.backOff(beforeAttempt: lostToOthers + 1)
  }
}
