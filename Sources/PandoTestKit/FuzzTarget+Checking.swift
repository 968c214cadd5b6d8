import PandoBytes
import PandoObjects

/// The checks of objects.
extension FuzzTarget {
  /// The first byte tells the kind and the policy; the rest is the body, which is also taken for a
  /// `.gitmodules` and a `.gitattributes`.
  func check(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let body = Array(bytes.dropFirst())
    let kind = ObjectKind.allCases[Int(first) % ObjectKind.allCases.count]
    let algorithm = first & 8 == 0 ? HashAlgorithm.sha1 : .sha256
    let policy = CheckPolicy(isStrict: first & 4 != 0)
    let id = ObjectID.null(algorithm)
    var checker = ObjectChecker(policy, algorithm: algorithm)
    var hasErrors = false
    let isSound = checker.check(kind, body.span, id: id) { hasErrors = hasErrors || $0.isError }
    precondition(isSound == !hasErrors, "a verdict that its findings do not justify")
    try? ObjectForm.check(kind, body.span, algorithm)
    for name in [".gitmodules", ".gitattributes"] {
      var tree = Array("100644 \(name)\0".utf8)
      ObjectID.null(algorithm).digest.append(to: &tree)
      checker.check(.tree, tree.span, id: id) { _ in }
    }
    checker.check(.blob, body.span, id: id) { _ in }
    _ = try? checker.finish({ _ in nil }, { _ in })
    if body.count <= 64 {
      for file in PathPolicy.SpecialFile.allCases {
        _ = (PathPolicy.isSpelling(body, of: file), PathPolicy.hasStep(body, spelling: file))
      }
      if PathPolicy.isDotGit(body) {
        let refusal = EntryName.refusal(of: ByteString(body), mode: .file)
        precondition(refusal != nil, "a spelling of .git may name an entry")
      }
    }
  }
}
