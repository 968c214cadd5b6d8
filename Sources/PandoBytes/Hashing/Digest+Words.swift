extension Digest {
  /// The first eight bytes as a number, most significant first: the key of index searches and of
  /// hash tables. It orders as the digest does.
  @inlinable
  public var leadingWord: UInt64 { w0 }
}
