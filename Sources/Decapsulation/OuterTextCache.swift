import Packets

/// The texts of outer headers of late, without what each packet has of its own: they are mostly those
/// of a few flows.
@safe
struct OuterTextCache: ~Copyable {
  /// What tells the outer headers of one flow from another's.
  struct Key: BitwiseCopyable, Equatable {
    private let addresses: UInt64
    private let rest: UInt64

    @inline(__always)
    init(_ packet: borrowing UsualPacket) {
      addresses = UInt64(packet.tunnelSource) << 32 | UInt64(packet.tunnelDestination)
      rest =
        UInt64(packet.tunnelSourcePort) << 48 | UInt64(packet.tunnelDestinationPort) << 32
        | UInt64(packet.vni)
    }

    /// No packet's: a VNI has 24 bits.
    fileprivate init() {
      addresses = .max
      rest = .max
    }

    /// A different number for most keys, below `slotCount`.
    @inline(__always)
    fileprivate var slot: Int {
      Int(truncatingIfNeeded: ((addresses ^ rest) &* 0x9e37_79b9_7f4a_7c15) >> 56)
    }
  }

  private struct Slot: BitwiseCopyable {
    var key = Key()
    var length = 0
  }

  private static let slotCount = 256
  /// In bytes; longer ones are not kept.
  private static let textLength = 96

  private var slots = [Slot](repeating: Slot(), count: slotCount)
  private let texts = UnsafeMutableRawPointer.allocate(
    byteCount: slotCount * textLength, alignment: 16)

  deinit {
    unsafe texts.deallocate()
  }

  /// Appends the text that was kept for a key; false if none is any more.
  @inline(__always)
  func append(textOf key: Key, to comment: inout CommentBytes) -> Bool {
    let slot = slots[key.slot]
    guard slot.key == key else { return false }
    let start = unsafe UnsafeRawPointer(texts + key.slot * Self.textLength)
    comment.append(unsafe RawSpan(_unsafeStart: start, byteCount: slot.length))
    return true
  }

  /// Keeps a text, in the place of another.
  mutating func keep(_ comment: borrowing CommentBytes, of key: Key) {
    let text = comment.bytes
    guard text.byteCount <= Self.textLength else { return }
    slots[key.slot] = Slot(key: key, length: text.byteCount)
    unsafe text.withUnsafeBytes { source in
      if let start = source.baseAddress {
        unsafe (texts + key.slot * Self.textLength).copyMemory(
          from: start, byteCount: source.count)
      }
    }
  }
}
