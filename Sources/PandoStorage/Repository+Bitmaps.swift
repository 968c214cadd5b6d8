internal import PandoBytes
public import PandoObjects

extension Repository {
  /// What a bitmap of this repository is made for: all references, those that
  /// `pack.preferBitmapTips` names before others, in the form that the settings ask for.
  public func bitmapRequest() throws(PandoError) -> BitmapRequest {
    var request = BitmapRequest(tips: [])
    let preferred = configuration.all("pack.preferBitmapTips").compactMap { $0.value?.bytes }
    for reference in try references.references(withPrefix: "refs/") {
      guard let id = try references.resolve(reference.name).id else { continue }
      request.tips.append(id)
      let name = Array(reference.name.text.utf8)
      if preferred.contains(where: { Self.leads($0, to: name) }),
        let commit = try objects.peelToCommit(id)
      {
        request.preferred.insert(commit)
      }
    }
    request.writesNameHashes = try configuration.bool("pack.writeBitmapHashCache") ?? true
    request.writesLookupTable = try configuration.bool("pack.writeBitmapLookupTable") ?? false
    return request
  }

  private static func leads(_ prefix: [UInt8], to name: [UInt8]) -> Bool {
    name.starts(with: prefix)
      && (prefix.last == UInt8(ascii: "/") || name.count == prefix.count
        || name[prefix.count] == UInt8(ascii: "/"))
  }
}
