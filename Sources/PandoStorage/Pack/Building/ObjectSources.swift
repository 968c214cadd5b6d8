internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Where the objects of a pack that is built come from, and which are left out.
struct ObjectSources {
  /// Where an object is.
  struct Place {
    /// The number of the pack, or none for a loose object.
    var pack = PackRow.none
    var position: UInt32 = 0
  }

  /// The packs, numbered.
  let packs: [PackReader]
  private let objects: ObjectDatabase
  private let isIncremental: Bool
  private let isLocal: Bool
  /// For each pack whether what it has is left out.
  private var isKept: [Bool] = []
  private var isBorrowed: [Bool] = []
  private let needsAll: Bool
  /// The pack that had the last object: it most likely has the next one.
  private var last = 0

  init(_ objects: ObjectDatabase, _ options: PackBuilder.Options) throws(PandoError) {
    self.objects = objects
    packs = try objects.packs()
    isIncremental = options.isIncremental
    isLocal = options.isLocal
    let own = objects.directory / "pack"
    for pack in packs {
      isBorrowed.append(pack.path.parent != own)
      var kept = options.keptPacks.contains(pack.path.lastComponent)
      if !kept, options.honorsKeptPacks {
        let path = PackNames.path(of: pack.path, ending: ".keep")
        do { kept = try objects.files.status(of: path, followingLinks: true) != nil } catch {
          throw .refused("file \(path)", error)
        }
      }
      isKept.append(kept)
    }
    needsAll = isKept.contains(true) || isLocal && isBorrowed.contains(true)
  }

  /// Where an object is that is to be sent; nil when the options leave it out. Throws when it is
  /// nowhere.
  mutating func place(of id: ObjectID) throws(PandoError) -> Place? {
    var found: Place?
    for step in packs.indices {
      let number = step == 0 ? last : step <= last ? step - 1 : step
      guard let position = packs[number].index.position(of: id) else { continue }
      if isIncremental { return nil }
      if isLocal, isBorrowed[number] { return nil }
      if isKept[number] { return nil }
      if found == nil {
        found = Place(pack: Int32(number), position: UInt32(position))
        last = number
      }
      if !needsAll { break }
    }
    if let found { return found }
    if isLocal, try isBorrowedLoose(id) { return nil }
    guard try objects.contains(id) else { throw .missing(id) }
    return Place()
  }

  /// Where an object is, whatever the options say; nil when it is nowhere.
  mutating func anyPlace(of id: ObjectID) throws(PandoError) -> Place? {
    for number in packs.indices {
      if let position = packs[number].index.position(of: id) {
        return Place(pack: Int32(number), position: UInt32(position))
      }
    }
    return try objects.contains(id) ? Place() : nil
  }

  private func isBorrowedLoose(_ id: ObjectID) throws(PandoError) -> Bool {
    if try objects.looseObjects.contains(id) { return false }
    for place in objects.loosePlaces.dropFirst() where try place.contains(id) { return true }
    return false
  }
}
