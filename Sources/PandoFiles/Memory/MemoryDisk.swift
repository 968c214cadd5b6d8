/// A tree of files as a plain value.
///
/// Nodes have numbers and are named by directories. It changes only by ``apply(_:at:)``, whose
/// operations can be kept and applied again, or some of them, to another copy.
struct MemoryDisk: Sendable {
  struct Node: Sendable {
    var kind: FileStatus.Kind
    /// A file's bytes, or a symbolic link's target.
    var bytes: [UInt8] = []
    /// A directory's names.
    var entries: [[UInt8]: Int] = [:]
    var permissions: UInt16
    var modified: FileTime
    var changed: FileTime
    /// How many directory entries lead here.
    var names = 0
    /// How many open files do.
    var handles = 0
  }

  static let root = 1

  private(set) var nodes: [Int: Node]
  private var nextNode = root + 1
  /// Whether nodes stay that nothing leads to, since a later operation may name them again.
  private var keepsOrphans = false

  init(at time: FileTime) {
    let node = Node(kind: .directory, permissions: 0o755, modified: time, changed: time, names: 1)
    nodes = [Self.root: node]
  }

  /// A number that no node has had.
  mutating func reserveNode() -> Int {
    defer { nextNode += 1 }
    return nextNode
  }

  func status(of number: Int) -> FileStatus? {
    guard let node = nodes[number] else { return nil }
    return FileStatus(
      kind: node.kind, size: node.bytes.count,
      modificationSeconds: node.modified.seconds,
      modificationNanoseconds: node.modified.nanoseconds,
      changeSeconds: node.changed.seconds, changeNanoseconds: node.changed.nanoseconds,
      inode: UInt64(number), device: 1, permissions: node.permissions)
  }
}

// MARK: Changing

extension MemoryDisk {
  /// Makes a change; parts of it that lead nowhere are left out, for images after a crash.
  mutating func apply(_ operation: DiskOperation, at time: FileTime) {
    switch operation {
    case .make(let number, let kind, let permissions, let bytes):
      nextNode = max(nextNode, number + 1)
      nodes[number] = Node(
        kind: kind, bytes: bytes, permissions: permissions, modified: time, changed: time)
    case .enter(let directory, let name, let number):
      enter(number, directory, name, time)
    case .leave(let directory, let name):
      leave(directory, name, time)
    case .move(let number, let source, let name, let target, let newName):
      // Entered first, so that the node never lacks a name.
      enter(number, target, newName, time)
      if nodes[source]?.entries[name] == number { leave(source, name, time) }
    case .write(let number, let offset, let bytes):
      write(bytes, to: number, at: offset)
      touch(number, time)
    case .resize(let number, let size):
      resize(number, size)
      touch(number, time)
    case .setPermissions(let number, let permissions):
      nodes[number]?.permissions = permissions
      nodes[number]?.changed = time
    case .setModificationTime(let number, let modified):
      nodes[number]?.modified = modified
      nodes[number]?.changed = time
    case .synchronizeFile, .synchronizeDirectory:
      break
    }
  }

  private mutating func touch(_ number: Int, _ time: FileTime) {
    nodes[number]?.modified = time
    nodes[number]?.changed = time
  }

  private mutating func enter(
    _ number: Int, _ directory: Int, _ name: [UInt8], _ time: FileTime
  ) {
    guard nodes[number] != nil, nodes[directory] != nil else { return }
    nodes[number]?.names += 1
    let replaced = nodes[directory]?.entries.updateValue(number, forKey: name)
    if let replaced { dropName(of: replaced) }
    touch(directory, time)
  }

  private mutating func leave(_ directory: Int, _ name: [UInt8], _ time: FileTime) {
    guard let number = nodes[directory]?.entries.removeValue(forKey: name) else { return }
    dropName(of: number)
    touch(directory, time)
  }

  private mutating func dropName(of number: Int) {
    nodes[number]?.names -= 1
    collect(number)
  }

  /// Changes in place: a copy of the bytes taken out first would cost each append the whole file.
  private mutating func write(_ bytes: [UInt8], to number: Int, at offset: Int) {
    guard let size = nodes[number]?.bytes.count else { return }
    if offset > size { resize(number, offset) }
    let overlap = min(bytes.count, max(size - offset, 0))
    if overlap > 0 {
      nodes[number]?.bytes.replaceSubrange(offset..<(offset + overlap), with: bytes[..<overlap])
    }
    nodes[number]?.bytes.append(contentsOf: bytes[overlap...])
  }

  private mutating func resize(_ number: Int, _ size: Int) {
    guard let old = nodes[number]?.bytes.count else { return }
    if size < old {
      nodes[number]?.bytes.removeLast(old - size)
    } else {
      nodes[number]?.bytes.append(contentsOf: repeatElement(0, count: size - old))
    }
  }
}

// MARK: Keeping and dropping nodes

extension MemoryDisk {
  /// Counts an open file in.
  mutating func retain(_ number: Int) {
    nodes[number]?.handles += 1
  }

  /// Counts an open file out.
  mutating func release(_ number: Int) {
    nodes[number]?.handles -= 1
    collect(number)
  }

  private mutating func collect(_ number: Int) {
    guard !keepsOrphans, let node = nodes[number], node.names <= 0, node.handles <= 0 else {
      return
    }
    nodes[number] = nil
  }

  /// This disk as another machine would find it, after these records.
  func replaying(_ records: some Sequence<DiskRecord>) -> MemoryDisk {
    var disk = self
    disk.keepsOrphans = true
    for record in records { disk.apply(record.operation, at: record.time) }
    disk.keepsOrphans = false
    disk.keepReachable()
    return disk
  }

  /// Drops what the root does not lead to, and counts names and handles anew.
  ///
  /// A directory found twice, as after a rename of which half was lost, keeps the first name.
  private mutating func keepReachable() {
    var names = [Self.root: 1]
    var pending = [Self.root]
    while let directory = pending.popLast() {
      let entries = nodes[directory]?.entries ?? [:]
      for (name, number) in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        let isDirectory = nodes[number]?.kind == .directory
        if nodes[number] == nil || isDirectory && names[number] != nil {
          nodes[directory]?.entries[name] = nil
          continue
        }
        names[number, default: 0] += 1
        if isDirectory { pending.append(number) }
      }
    }
    nodes = nodes.filter { names[$0.key] != nil }
    for (number, count) in names {
      nodes[number]?.names = count
      nodes[number]?.handles = 0
    }
  }
}
