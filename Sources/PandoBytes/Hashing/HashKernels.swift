import CPandoKernels

/// The C kernels a hasher may use. A test gives fewer than the CPU has, to compare the paths.
package struct HashKernels: OptionSet, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// SHA-1 instructions.
  package static let sha1 = HashKernels(rawValue: PANDO_SHA1)
  /// SHA-256 instructions.
  package static let sha256 = HashKernels(rawValue: PANDO_SHA256)
  /// Carry-less multiplication or CRC-32 instructions.
  package static let crc32 = HashKernels(rawValue: PANDO_CRC32)
  /// The collision filter for eight blocks.
  package static let filter = HashKernels(rawValue: PANDO_FILTER)

  /// What this CPU has.
  package static let available = HashKernels(rawValue: pando_features())
}
