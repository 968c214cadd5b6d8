/// All verbs: one line each, in alphabetical order.
public enum CommandTable {
  /// Every command of `pando`.
  public static let all: [any Command] = [
    ShowIndexCommand()
  ]
}
