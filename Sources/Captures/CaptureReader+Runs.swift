/// Reading many records at once.
extension CaptureReader {
  /// The record that `advance()` stepped to, and those of its interface behind it that are at hand.
  @_lifetime(borrow self)
  package func run() -> RecordRun {
    let run = RecordRun(
      bytes: window.bytesAtHand(), pcap: pcapHeader, packets: section.packets, first: current)
    return bound(run, to: self)
  }

  /// Goes on behind so many records of a run, one at least, to the place where the last one ends: `advance()`
  /// steps to the next one then.
  package mutating func moveOn(behind count: Int, to place: Int) {
    window.move(to: place)
    current = .none
    if countsFrames { frame &+= UInt64(count - 1) }
  }

  /// Whether records have numbers: not where reading began in the middle.
  package var numbersFrames: Bool { countsFrames }

  /// How a pcap's records are read; nil for a pcapng.
  private var pcapHeader: PcapHeader? {
    switch format {
    case .pcap(let header), .unsettledPcap(let header): header
    case .pcapng: nil
    }
  }
}
