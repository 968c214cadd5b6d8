/// All verbs: one line each, in alphabetical order.
public enum CommandTable {
  /// Every command of `pando`.
  public static let all: [any Command] = [
    CatFileCommand(),
    CommitTreeCommand(),
    CountObjectsCommand(),
    GetCommand(),
    HashObjectCommand(),
    InitCommand(),
    ListCommand(),
    LogCommand(),
    LsTreeCommand(),
    MergeCommand(),
    MergeBaseCommand(),
    MkTreeCommand(),
    RemoveCommand(),
    RevListCommand(),
    RevParseCommand(),
    SetCommand(),
    ShowIndexCommand(),
    TreeCommand(),
  ]
}
