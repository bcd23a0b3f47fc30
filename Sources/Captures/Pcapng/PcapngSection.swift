/// What the blocks of a section are read by: nothing of it holds beyond the next section header.
@usableFromInline struct PcapngSection {
  var order = ByteOrder.little
  /// By interface identifier.
  var interfaces: [Interface] = []
  /// Whether this program captured it.
  var isOwn = false

  /// What its packet blocks are read by.
  var packets: Packets {
    @_lifetime(borrow self)
    get { Packets(self) }
  }

  struct Interface: BitwiseCopyable {
    /// Index into the reader's `interfaces`.
    let index: Int
    let timestamps: TimestampUnit
    /// In bytes; 0 for no limit.
    let snapshotLength: UInt32
  }
}
