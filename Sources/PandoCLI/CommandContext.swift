public import PandoFiles
internal import PandoStorage

/// What a command sees of the world: streams, environment, disk, clock, and the repository that the
/// words before the verb and the environment name.
///
/// Belongs to one run of one command.
public final class CommandContext {
  /// Standard input.
  public let input: any ByteInput
  /// Standard output, buffered; flushed when the command ends.
  public let output: any ByteOutput
  /// Standard error.
  public let errors: any ByteOutput
  /// Variables, user, and the current directory, which `-C` moves.
  public private(set) var environment: ProcessEnvironment
  /// The disk.
  public let fileSystem: any FileSystem
  /// The time.
  public let clock: any WallClock
  /// What stood before the verb.
  var options = GlobalOptions()
  /// Settings that the program which started this one has passed on.
  private(set) var inheritedSettings: [(name: String, value: String?)] = []
  /// The repository, once a command has asked for it.
  var opened: Repository?

  /// Makes a context from its parts.
  public init(
    input: any ByteInput, output: any ByteOutput, errors: any ByteOutput,
    environment: ProcessEnvironment, fileSystem: any FileSystem, clock: any WallClock
  ) {
    self.input = input
    self.output = output
    self.errors = errors
    self.environment = environment
    self.fileSystem = fileSystem
    self.clock = clock
  }

  /// The context of this process.
  public static func ofProcess() -> CommandContext {
    CommandContext(
      input: DescriptorInput.standardInput(), output: DescriptorOutput.standardOutput(),
      errors: DescriptorOutput.standardError(), environment: .current(),
      fileSystem: LocalFileSystem(), clock: SystemClock())
  }

  /// The directory that relative paths on the command line start from.
  public var currentDirectory: FilePath { environment.currentDirectory }

  /// A path from the command line, made absolute.
  public func path(_ bytes: [UInt8]) -> FilePath {
    FilePath(bytes: bytes).resolved(against: currentDirectory)
  }

  /// Takes over what stood before the verb.
  func apply(_ options: GlobalOptions) throws {
    for directory in options.directories where !directory.isEmpty {
      let path = directory.resolved(against: currentDirectory)
      guard let status = try fileSystem.status(of: path, followingLinks: true) else {
        throw CommandFailure.fatal(
          "cannot change to '\(directory)': \(Self.reason(FileErrorNumber.notFound))")
      }
      guard status.kind == .directory else {
        throw CommandFailure.fatal(
          "cannot change to '\(directory)': \(Self.reason(FileErrorNumber.notDirectory))")
      }
      environment.currentDirectory = path.normalized
    }
    self.options = options
    if let text = environment["GIT_CONFIG_PARAMETERS"] {
      guard let settings = QuotedSettings.parse(text) else {
        throw CommandFailure(
          lines: [
            "error: bogus format in GIT_CONFIG_PARAMETERS",
            "fatal: unable to parse command-line config",
          ], status: .fatal)
      }
      inheritedSettings = settings
    }
    // As for git, what the command line names is what the environment names from here on.
    if let path = options.gitDirectory {
      environment.variables["GIT_DIR"] = path.string
    } else if options.isBare, environment["GIT_DIR"] == nil {
      environment.variables["GIT_DIR"] = currentDirectory.string
    }
    if let path = options.workTree { environment.variables["GIT_WORK_TREE"] = path.string }
  }

  private static func reason(_ number: Int32) -> String {
    FileError(call: "chdir", path: "", errno: number).reason
  }
}
