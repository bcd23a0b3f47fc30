/// A compression format that captures are often kept in.
enum Compression: BitwiseCopyable {
  case gzip, zstd, lz4, xz, bzip2

  /// Recognises the first four bytes of a file.
  init?(magic: UInt32) {
    switch magic {
    case 0x1f8b_0000...0x1f8b_ffff: self = .gzip
    case 0x28b5_2ffd: self = .zstd
    case 0x0422_4d18: self = .lz4
    case 0xfd37_7a58: self = .xz
    case 0x425a_6800...0x425a_68ff: self = .bzip2
    default: return nil
    }
  }

  var name: String {
    switch self {
    case .gzip: "gzip"
    case .zstd: "zstd"
    case .lz4: "lz4"
    case .xz: "xz"
    case .bzip2: "bzip2"
    }
  }

  /// The command that writes the unpacked file to standard output.
  var unpackingCommand: String {
    "\(name) -dc"
  }

  /// What unpacks it; nil for a format that is only recognised, or where there is no memory.
  func makeCodec() -> (any DecompressionCodec)? {
    switch self {
    case .gzip: GzipCodec()
    case .zstd: ZstdCodec()
    case .lz4: LZ4Codec()
    case .xz, .bzip2: nil
    }
  }
}
