import Foundation

/// The frames of a classic pcap file, read without the program's own reader.
struct PcapFrames {
  struct Frame {
    var bytes: [UInt8]
    var originalLength: Int
  }

  let linkType: UInt16
  private(set) var frames: [Frame] = []

  /// Nil for files of another kind. Stops at the first length that does not fit.
  init?(path: String) {
    guard let data = FileManager.default.contents(atPath: path), data.count >= 24 else {
      return nil
    }
    let bytes = [UInt8](data)
    let magic = Array(bytes[..<4])
    let isLittle = magic == [0xd4, 0xc3, 0xb2, 0xa1] || magic == [0x4d, 0x3c, 0xb2, 0xa1]
    let isBig = magic == [0xa1, 0xb2, 0xc3, 0xd4] || magic == [0xa1, 0xb2, 0x3c, 0x4d]
    guard isLittle || isBig else { return nil }
    func number(_ offset: Int) -> Int {
      let four = Array(bytes[offset..<offset + 4])
      return (isLittle ? four.reversed() : four).reduce(0) { $0 << 8 | Int($1) }
    }
    linkType = UInt16(truncatingIfNeeded: number(20))
    var offset = 24
    while offset + 16 <= bytes.count {
      let end = offset + 16 + number(offset + 8)
      guard end <= bytes.count else { break }
      frames.append(
        Frame(bytes: Array(bytes[offset + 16..<end]), originalLength: number(offset + 12)))
      offset = end
    }
  }
}
