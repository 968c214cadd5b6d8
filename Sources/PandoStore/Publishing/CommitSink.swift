internal import PandoObjects

/// What became of a commit.
enum CommitOutcome: Sendable {
  /// It is as durable as the store promises.
  case done
  /// A commit of this process came first.
  case lostHere
  /// Somebody else moved the branch.
  case lostToOthers
  case failed(PandoError)
}

/// Where groups of commits go. Takes one at a time.
protocol CommitSink: Sendable {
  /// Takes in a group; tells what became of the commits for each branch, of which those that are
  /// not named are done.
  func publish(_ group: CommitGroup) -> [ReferenceName: CommitOutcome]
}

/// Publishes groups: writes their objects as one batch, then moves their branches.
struct RepositorySink: CommitSink {
  let objects: any ObjectWriter
  let references: any ReferenceStore
  /// Whether a branch is looked at before anything is written: a race that is lost already need not
  /// leave objects behind.
  var looksFirst = false

  func publish(_ group: CommitGroup) -> [ReferenceName: CommitOutcome] {
    do throws(PandoError) { return try outcomes(of: group) } catch {
      return group.heads.mapValues { _ in .failed(error) }
    }
  }

  private func outcomes(
    of group: CommitGroup
  ) throws(PandoError) -> [ReferenceName: CommitOutcome] {
    var outcomes: [ReferenceName: CommitOutcome] = [:]
    var edits: [ReferenceEdit] = []
    for (name, head) in group.heads {
      guard let id = group.head(of: name) else { continue }
      if looksFirst, let loss = loss(of: name, head) {
        outcomes[name] = loss
        continue
      }
      var edit = ReferenceEdit(
        name, .set(.direct(id)), expected: head.expected.map { .id($0) } ?? .absent)
      edit.passes = head.passes
      edits.append(edit)
    }
    guard !edits.isEmpty else { return outcomes }
    try objects.write(group.batch) {
      if edits.count > 1, areMoved(edits) {
        for edit in edits { outcomes[edit.name] = .done }
      } else {
        // One of them cannot be moved: each for itself, then.
        for edit in edits { outcomes[edit.name] = move(edit) }
      }
    }
    return outcomes
  }

  private func areMoved(_ edits: [ReferenceEdit]) -> Bool {
    do throws(PandoError) {
      try references.apply(edits, note: edits.last?.passes.last?.note)
      return true
    } catch {
      return false
    }
  }

  private func loss(of name: ReferenceName, _ head: CommitGroup.Head) -> CommitOutcome? {
    do throws(PandoError) {
      return try references.id(of: name) == head.expected ? nil : .lostToOthers
    } catch {
      return .failed(error)
    }
  }

  private func move(_ edit: ReferenceEdit) -> CommitOutcome {
    do throws(PandoError) {
      try references.apply([edit], note: edit.passes.last?.note)
      return .done
    } catch  where error.code == .conflictingUpdate {
      // It may have been moved with others of which one could not be.
      let isMoved = (try? references.id(of: edit.name)) == edit.passes.last?.id
      return isMoved ? .done : .lostToOthers
    } catch {
      return .failed(error)
    }
  }
}
