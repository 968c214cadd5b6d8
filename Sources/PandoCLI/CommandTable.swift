/// All verbs: one line each, in alphabetical order.
public enum CommandTable {
  /// Every command of `pando`.
  public static let all: [any Command] = [
    CatFileCommand(),
    CountObjectsCommand(),
    GetCommand(),
    HashObjectCommand(),
    InitCommand(),
    ListCommand(),
    LsTreeCommand(),
    MkTreeCommand(),
    RemoveCommand(),
    SetCommand(),
    ShowIndexCommand(),
    TreeCommand(),
  ]
}
