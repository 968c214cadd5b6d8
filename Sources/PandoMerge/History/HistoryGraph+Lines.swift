internal import PandoBytes
internal import PandoObjects

/// The lines of the drawing.
extension HistoryGraph {
  /// The next line. When the commit needs no more, lines of history go straight down.
  public mutating func nextLine() -> Line {
    var line = Line()
    guard commit != nil else { return line }
    switch state {
    case .padding: drawPadding(&line)
    case .skip: drawDots(&line)
    case .beforeCommit: drawRoom(&line)
    case .commit: drawCommit(&line)
    case .afterMerge: drawMerge(&line)
    case .collapsing: drawCollapse(&line)
    }
    space(width - line.width, &line)
    return line
  }

  /// A line beside text that needs one more: the next one, or, where that has the commit's mark,
  /// one that is put before it.
  public mutating func paddingLine() -> Line {
    guard state == .commit else { return nextLine() }
    var line = Line()
    for column in columns {
      draw("|", column, &line)
      let isWide = column.commit == commit && parents.count > 2
      space(isWide ? (parents.count - 2) * 2 : 1, &line)
    }
    space(width - line.width, &line)
    advance(to: .padding)
    advance(to: .commit)
    return line
  }

  private func drawPadding(_ line: inout Line) {
    for column in newColumns {
      draw("|", column, &line)
      space(1, &line)
    }
  }

  private mutating func drawDots(_ line: inout Line) {
    line.bytes.append(text: "...")
    line.width += 3
    advance(to: needsRoom ? .beforeCommit : .commit)
  }

  /// Lines to the right of the commit move away from it.
  private mutating func drawRoom(_ line: inout Line) {
    var isBehind = false
    for (number, column) in columns.enumerated() {
      if column.commit == commit {
        isBehind = true
        draw("|", column, &line)
        space(expansionRow, &line)
      } else if isBehind {
        // Below a merge lines went to the right already.
        let goesOn = previousState == .afterMerge && previousCommitColumn < number
        draw(expansionRow > 0 || goesOn ? "\\" : "|", column, &line)
      } else {
        draw("|", column, &line)
      }
      space(1, &line)
    }
    expansionRow += 1
    if !needsRoom { advance(to: .commit) }
  }

  private mutating func drawCommit(_ line: inout Line) {
    line.hasCommit = true
    var isBehind = false
    forEachColumn { number, column in
      if number == commitColumn {
        isBehind = true
        line.bytes.append(mark)
        line.width += 1
        if parents.count > 2 { drawDashes(&line) }
      } else if isBehind, edgesAdded > 1 {
        draw("\\", column, &line)
      } else if isBehind, edgesAdded == 1 {
        let goesOn =
          previousState == .afterMerge && previousEdgesAdded > 0 && previousCommitColumn < number
        draw(goesOn ? "\\" : "|", column, &line)
      } else {
        draw(comesFromRight(number) ? "/" : "|", column, &line)
      }
      space(1, &line)
    }
    advance(to: parents.count > 1 ? .afterMerge : isInPlace ? .padding : .collapsing)
  }

  /// Whether a line was moving to the left just above, and goes on below.
  private func comesFromRight(_ number: Int) -> Bool {
    guard previousState == .collapsing, 2 * number + 1 < oldMapping.count,
      oldMapping[2 * number + 1] == number
    else { return false }
    return 2 * number >= mapping.count || mapping[2 * number] < number
  }

  /// The dashes of a merge of many parents.
  private func drawDashes(_ line: inout Line) {
    let count = dashedParents
    for number in 0..<max(0, count) {
      let place = (commitColumn + number + 2) * 2
      let column = mapping.indices.contains(place) ? mapping[place] : -1
      let shown = newColumns.indices.contains(column) ? newColumns[column] : nil
      draw("-", shown, &line)
      draw(number == count - 1 ? "." : "-", shown, &line)
    }
  }

  private mutating func drawMerge(_ line: inout Line) {
    var isBehind = false
    var firstParentColumn: Column?
    forEachColumn { number, column in
      if number == commitColumn {
        isBehind = true
        drawEdges(&line)
        if edgesAdded == 0 { space(1, &line) }
      } else if isBehind {
        draw(edgesAdded > 0 ? "\\" : "|", column, &line)
        space(1, &line)
      } else {
        draw("|", column, &line)
        if mergeLayout != 0 || number != commitColumn - 1 {
          if let firstParentColumn { draw("_", firstParentColumn, &line) } else { space(1, &line) }
        }
      }
      if let column, column.commit == parents.first { firstParentColumn = column }
    }
    advance(to: isInPlace ? .padding : .collapsing)
  }

  private func drawEdges(_ line: inout Line) {
    let signs: [Unicode.Scalar] = ["/", "|", "\\"]
    var sign = max(0, mergeLayout)
    for (number, parent) in parents.enumerated() {
      draw(signs[sign], newColumn(of: parent).map { newColumns[$0] }, &line)
      if sign < 2 {
        sign += 1
      } else if edgesAdded > 0 || number < parents.count - 1 {
        space(1, &line)
      }
    }
  }

  /// Lines move to the left, towards their columns: most of them by one place, and one, which has
  /// nothing in its way, all the way.
  private mutating func drawCollapse(_ line: inout Line) {
    let horizontal = moveLines()
    oldMapping = mapping
    if mapping.last == -1 { mapping.removeLast() }
    var usesHorizontal = false
    for (place, target) in mapping.enumerated() {
      guard target >= 0 else {
        space(1, &line)
        continue
      }
      let column = newColumns[target]
      if target * 2 == place {
        draw("|", column, &line)
      } else if target == horizontal.target, place != horizontal.edge - 1 {
        // What lies flat does not go on in the next line, but for its first piece.
        if place != target * 2 + 3 { mapping[place] = -1 }
        usesHorizontal = true
        draw("_", column, &line)
      } else {
        if usesHorizontal, place < horizontal.edge { mapping[place] = -1 }
        draw("/", column, &line)
      }
    }
    if isInPlace { advance(to: .padding) }
  }

  /// Moves all lines by one step, and tells which one lies flat.
  private mutating func moveLines() -> (edge: Int, target: Int) {
    let old = mapping
    mapping = [Int](repeating: -1, count: old.count)
    var horizontal = (edge: -1, target: -1)
    func layFlat(_ place: Int, _ target: Int, from edge: Int, _ mapping: inout [Int]) {
      guard horizontal.edge < 0 else { return }
      horizontal = (edge, target)
      for step in stride(from: target * 2 + 3, to: place - 2, by: 2) { mapping[step] = target }
    }
    for (place, target) in old.enumerated() where target >= 0 {
      if target * 2 == place || place == 0 {
        mapping[place] = target
      } else if mapping[place - 1] < 0 {
        mapping[place - 1] = target
        layFlat(place, target, from: place, &mapping)
      } else if mapping[place - 1] != target, place > 1 {
        // Another line is in the way, and is crossed.
        mapping[place - 2] = target
        layFlat(place, target, from: place - 1, &mapping)
      }
    }
    return horizontal
  }
}
