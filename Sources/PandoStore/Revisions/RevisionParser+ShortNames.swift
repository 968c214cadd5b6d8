internal import PandoBytes
public import PandoObjects

/// The shortest names of references.
extension RevisionParser {
  /// Whether names that mean several things are warned of: `core.warnAmbiguousRefs`.
  public func warnsOfAmbiguousNames() throws(PandoError) -> Bool { try warnsOfAmbiguity() }

  /// The shortest name that stands for a reference: one that no reference of a place that is looked
  /// at earlier has, or, when `isStrict`, none of any place.
  public func shortestName(
    of name: ReferenceName, isStrict: Bool
  ) throws(PandoError) -> String {
    let bytes = name.bytes.bytes
    // The longest prefixes make the shortest names. A remote's HEAD keeps its last step.
    for (index, place) in Self.places.enumerated().reversed() where place.suffix.isEmpty {
      guard bytes.starts(with: place.prefix.utf8), bytes.count > place.prefix.utf8.count else {
        continue
      }
      let short = bytes.dropFirst(place.prefix.utf8.count)
      var isTaken = false
      for (other, rival) in Self.places.enumerated() where other != index {
        if !isStrict, other > index { break }
        let text = Array(rival.prefix.utf8) + short + Array(rival.suffix.utf8)
        if let rivalName = ReferenceName(ByteString(text)),
          try source.references.read(rivalName) != nil
        {
          isTaken = true
          break
        }
      }
      if !isTaken { return shown(Array(short)) }
    }
    return name.text
  }
}
