/// New objects that wait on a disk instead of in memory until the batch that has them is published.
///
/// Nobody else sees them, and when it is dropped unpublished they are gone.
package protocol ObjectSpool: ObjectReader, AnyObject {
  /// Whether the object is among them. O(1), without a look at the disk.
  func has(_ id: ObjectID) -> Bool

  /// Takes in an object, unless it is there already. `id` must be its name, which is not computed
  /// again. After an error nothing more is taken in, nor can the batch be published.
  func append(_ object: RawObject, as id: ObjectID) throws(PandoError)
}

extension ObjectSpool {
  package func contains(_ id: ObjectID) throws(PandoError) -> Bool { has(id) }
}

/// A writer that has a disk for objects which are not published yet.
package protocol SpoolingWriter: ObjectWriter {
  /// Makes an empty spool, for batches that are written here; nil where there is no disk.
  func makeSpool() throws(PandoError) -> (any ObjectSpool)?
}
