import Captures

/// Finds single frames of a capture again, by number: quickly if they are asked for in about the order
/// of the file.
struct FrameSource: ~Copyable {
  /// Frames from one bookmark to the next.
  private static let stride: UInt64 = 256

  private var reader: CaptureReader
  /// Places behind frames 0, `stride`, 2 `stride`, …
  private var bookmarks: [CaptureReader.Place]

  /// Throws if the capture cannot be opened. A stream has no frames that could be found again.
  init(path: String) throws(CaptureError) {
    reader = try CaptureReader(path: path)
    bookmarks = [reader.place]
  }

  var interfaces: [CaptureInterface] { reader.interfaces }

  /// Hands on a frame; answers false if the capture has none of this number.
  mutating func withFrame(
    _ number: UInt64, _ body: (borrowing CaptureRecord, LinkType) -> Void
  ) -> Bool {
    if reader.record().frame > number || number == 0 {
      reader.place = bookmarks[min(bookmarks.count - 1, Int((max(1, number) - 1) / Self.stride))]
    }
    while reader.record().frame < number {
      guard (try? reader.advance()) == true else { return false }
      if reader.record().frame == UInt64(bookmarks.count) * Self.stride {
        bookmarks.append(reader.place)
      }
    }
    guard number > 0 else { return false }
    let record = reader.record()
    body(record, reader.interfaces[record.interface].linkType)
    return true
  }
}
