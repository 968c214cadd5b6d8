/// Somebody who watches long work: told what is being done, how much of it there is, and how far
/// it is. Calls may come from any thread, but one piece of work ends before the next begins.
public protocol ProgressMeter: Sendable {
  /// Work of a kind begins; `total` is how many units it has, nil when nobody knows.
  func begin(_ title: String, total: Int?)

  /// So many units of it are done. Cheap enough to be called for each.
  func update(_ count: Int)

  /// So many bytes have come in or gone out for it.
  func transferred(_ bytes: Int)

  /// Something is to be said between two pieces of work.
  func say(_ line: String)

  /// It is over; `note` is what there is to say beside that it is done.
  func end(note: String?)
}

extension ProgressMeter {
  /// Does nothing.
  public func transferred(_ bytes: Int) {}

  /// Says nothing.
  public func say(_ line: String) {}

  /// It is over.
  public func end() { end(note: nil) }
}
