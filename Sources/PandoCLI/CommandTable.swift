/// All verbs: one line each, in alphabetical order.
public enum CommandTable {
  /// Every command of `pando`.
  public static let all: [any Command] = [
    BranchCommand(),
    CatFileCommand(),
    CommitGraphCommand(),
    CommitTreeCommand(),
    CountObjectsCommand(),
    ForEachRefCommand(),
    GetCommand(),
    HashObjectCommand(),
    IndexPackCommand(),
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
    ShowRefCommand(),
    SymbolicRefCommand(),
    TagCommand(),
    TreeCommand(),
    UnpackObjectsCommand(),
    UpdateRefCommand(),
    VerifyPackCommand(),
  ]
}
