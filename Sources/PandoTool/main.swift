internal import PandoCLI

// Everything is in the library, where tests call it without a process.
CommandRunner.runProcess()
