internal import PandoBytes
internal import PandoFiles
internal import PandoStorage
internal import PandoStore

/// The options of `pack-objects`.
enum PackObjectsOption {
  case quiet, progress, allProgress, allProgressImplied, indexVersion, maxPackSize, local
  case incremental, window, windowMemory, depth, reuseDelta, reuseObject, deltaBaseOffset, threads
  case nonEmpty, revs, unpacked, all, reflog, indexedObjects, stdinPacks, stdout, includeTag
  case keepUnreachable, packLooseUnreachable, unpackUnreachable, cruft, cruftExpiration, sparse
  case thin, shallow, honorPackKeep, keepPack, compression, keepTrueParents, useBitmapIndex
  case writeBitmapIndex, writeBitmapIndexQuiet, filter, missing, excludePromisor, deltaIslands
  case uriProtocol

  static let parser = OptionParser<PackObjectsOption>(
    [
      "pack-objects [<options>] [--stdout] [< <ref-list> | < <object-list>]",
      "pack-objects [<options>] <base-name> [< <ref-list> | < <object-list>]",
    ], outputOptions + searchOptions + selectionOptions)

  private static let outputOptions: [CommandOption<PackObjectsOption>] = [
    .flag(.quiet, "-q", "--quiet", help: "do not show progress meter"),
    .flag(.progress, "--progress", help: "show progress meter"),
    .flag(
      .allProgress, "--all-progress", help: "show progress meter during object writing phase"),
    .flag(
      .allProgressImplied, "--all-progress-implied",
      help: "similar to --all-progress when progress meter is shown"),
    .value(
      .indexVersion, "--index-version", placeholder: "<version>[,<offset>]",
      help: "write the pack index file in the specified idx format version"),
    .value(
      .maxPackSize, "--max-pack-size", placeholder: "<n>",
      help: "maximum size of each output pack file"),
    .flag(.stdout, "--stdout", help: "output pack to stdout"),
    .flag(.nonEmpty, "--non-empty", help: "do not create an empty pack output"),
    .value(
      .compression, "--compression", placeholder: "<n>", help: "pack compression level"),
    .flag(.useBitmapIndex, "--use-bitmap-index", help: "use a bitmap index if available"),
    .flag(
      .writeBitmapIndex, "--write-bitmap-index",
      help: "write a bitmap index together with the pack index"),
    .flag(
      .writeBitmapIndexQuiet, "--write-bitmap-index-quiet",
      help: "write a bitmap index if possible", isHidden: true),
  ]

  private static let searchOptions: [CommandOption<PackObjectsOption>] = [
    .value(
      .window, "--window", placeholder: "<n>",
      help: "limit pack window by objects"),
    .value(
      .windowMemory, "--window-memory", placeholder: "<n>",
      help: "limit pack window by memory in addition to object limit"),
    .value(
      .depth, "--depth", placeholder: "<n>",
      help: "maximum length of delta chain allowed in the resulting pack"),
    .flag(.reuseDelta, "--reuse-delta", help: "reuse existing deltas"),
    .flag(.reuseObject, "--reuse-object", help: "reuse existing objects"),
    .flag(.deltaBaseOffset, "--delta-base-offset", help: "use OFS_DELTA objects"),
    .value(
      .threads, "--threads", placeholder: "<n>",
      help: "use threads when searching for best delta matches"),
    .flag(.thin, "--thin", help: "create thin packs"),
    .flag(.deltaIslands, "--delta-islands", help: "respect islands during delta compression"),
  ]

  private static let selectionOptions: [CommandOption<PackObjectsOption>] = [
    .flag(.local, "--local", help: "ignore borrowed objects from alternate object store"),
    .flag(.incremental, "--incremental", help: "ignore packed objects"),
    .flag(.revs, "--revs", help: "read revision arguments from standard input"),
    .flag(
      .unpacked, "--unpacked", help: "limit the objects to those that are not yet packed",
      isNegatable: false),
    .flag(
      .all, "--all", help: "include objects reachable from any reference", isNegatable: false),
    .flag(
      .reflog, "--reflog", help: "include objects referred by reflog entries",
      isNegatable: false),
    .flag(
      .indexedObjects, "--indexed-objects", help: "include objects referred to by the index",
      isNegatable: false),
    .flag(.stdinPacks, "--stdin-packs", help: "read packs from stdin"),
    .flag(.includeTag, "--include-tag", help: "include tag objects that refer to packed objects"),
    .flag(.keepUnreachable, "--keep-unreachable", help: "keep unreachable objects"),
    .flag(
      .packLooseUnreachable, "--pack-loose-unreachable", help: "pack loose unreachable objects"),
    .optionalValue(
      .unpackUnreachable, "--unpack-unreachable", placeholder: "<time>",
      help: "unpack unreachable objects newer than <time>"),
    .flag(.cruft, "--cruft", help: "create a cruft pack"),
    .value(
      .cruftExpiration, "--cruft-expiration", placeholder: "<time>",
      help: "expire cruft objects older than <time>"),
    .flag(.sparse, "--sparse", help: "use the sparse reachability algorithm"),
    .flag(.shallow, "--shallow", help: "create packs suitable for shallow fetches"),
    .flag(
      .honorPackKeep, "--honor-pack-keep", help: "ignore packs that have companion .keep file"),
    .value(.keepPack, "--keep-pack", placeholder: "<name>", help: "ignore this pack"),
    .flag(
      .keepTrueParents, "--keep-true-parents", help: "do not hide commits by grafts"),
    .value(.filter, "--filter", placeholder: "<args>", help: "object filtering"),
    .value(
      .missing, "--missing", placeholder: "<action>", help: "handling for missing objects"),
    .flag(
      .excludePromisor, "--exclude-promisor-objects",
      help: "do not pack objects in promisor packfiles"),
    .value(
      .uriProtocol, "--uri-protocol", placeholder: "<protocol>",
      help: "exclude any configured uploadpack.blobpackfileuri with this protocol"),
  ]
}
