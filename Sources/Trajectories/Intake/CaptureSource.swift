import Captures
import Packets

/// One input while it is being read: capture records in, observations out.
struct CaptureSource: ~Copyable {
  private var reader: CaptureReader
  private(set) var intake: SourceIntake
  /// What ended the reading early.
  private(set) var error: CaptureError?
  private var summary = PacketSummary()
  /// Whether the last record was read, not only the last one of a sample.
  private(set) var wasReadWhole = false
  private var releasedOffset: UInt64 = 0
  /// Records that may still be read; a sampled pass stops before the end.
  private var remaining: Int
  /// Whether records that have not come yet are expected.
  private var isFollowed = false

  /// Mapped pages behind the cursor are given back in steps of this many bytes.
  private static let releaseStep: UInt64 = 8 << 20

  init(reader: consuming CaptureReader, intake: SourceIntake, recordLimit: Int) {
    self.reader = reader
    self.intake = intake
    remaining = recordLimit
    self.intake.isSample = recordLimit < .max
  }

  var isAtEnd: Bool { remaining == 0 && !intake.hasReleased }
  /// Whether all of it can be read twice.
  var canRewind: Bool { reader.canRewind }
  var bytesRead: UInt64 { reader.byteOffset }
  /// Nil for a stream.
  var size: UInt64? { reader.size }
  /// Whether its beginning can be read twice.
  var isRepeatable: Bool { reader.canRewind || reader.isRetained }
  /// Whether the capture was cut off, as far as `lastRecordTime()` has seen.
  var isCut: Bool { reader.endsInRecord }
  var interfaces: [CaptureInterface] { reader.interfaces }

  /// Makes the points of the interfaces that are known from the start.
  mutating func addPoints(to table: inout PointTable) {
    intake.addInterfaces(reader.interfaces, nodeTables: reader.nodeTables, table: &table)
  }

  mutating func lastRecordTime() -> Int64? {
    do throws(CaptureError) {
      return try reader.lastRecordTime()
    } catch {
      return nil
    }
  }

  /// Fills the batch with the observations of the next records; `isAtEnd` tells when there are no more.
  /// Stops early where the table of points must be asked: see `needsTable`.
  mutating func fill(_ batch: inout ObservationBatch) {
    batch.removeAll()
    fillFurther(&batch)
  }

  /// The same, asking the table of points where that is needed.
  mutating func fill(_ batch: inout ObservationBatch, table: inout PointTable) {
    batch.removeAll()
    add(to: &batch, table: &table)
  }

  /// The same behind what the batch already holds.
  mutating func add(to batch: inout ObservationBatch, table: inout PointTable) {
    fillFurther(&batch)
    while needsTable {
      ask(&table)
      fillFurther(&batch)
    }
  }

  /// Whether the next record is of an interface or a point that is new.
  private(set) var needsTable = false

  /// Adds what the next record needs of interfaces and points.
  mutating func ask(_ table: inout PointTable) {
    intake.addInterfaces(reader.interfaces, nodeTables: reader.nodeTables, table: &table)
    intake.addWantedPoint(to: &table)
  }

  private mutating func fillFurther(_ batch: inout ObservationBatch) {
    intake.addReleased(to: &batch)
    do throws(CaptureError) {
      while !batch.isFull && remaining > 0 {
        if !needsTable {
          guard try reader.advance() else {
            if !isFollowed || !reader.isStarved {
              remaining = 0
              wasReadWhole = !reader.isStarved
            }
            break
          }
          if try intake.takeUsual(from: &reader, limit: &remaining, into: &batch) { continue }
        }
        needsTable =
          reader.interfaces.count > intake.interfaceCount
          || !intake.take(reader.record(), summary: &summary, into: &batch)
        if intake.hasUnplacedFault { intake.placeFault(at: reader.frameByteOffset) }
        if needsTable { break }
        remaining -= 1
      }
    } catch {
      self.error = error
      remaining = 0
    }
    if remaining == 0 {
      intake.finishFragments()
      intake.addReleased(to: &batch)
    }
    intake.orderMoments(of: batch)
    batch.byteOffset = reader.byteOffset
    releasePages()
  }

  /// Takes what a stream has ready, to be looked at before it is joined; tells whether more is to be taken.
  ///
  /// - Parameter patience: milliseconds that are waited if nothing has come.
  mutating func readAhead(limit: Int, patience: Int32 = 0) -> Bool {
    reader.readAhead(limit: limit, patience: patience)
  }

  /// Whether a packet is among what was taken ahead of a stream; goes back to the first.
  mutating func holdsRecord() -> Bool { reader.holdsRecord() }

  /// From here on a stream is read to its end, not only what was taken ahead.
  mutating func readOn() {
    if !reader.canRewind { reader.readOn(waits: true) }
  }

  /// From here on records are read as they come, without waiting for them.
  mutating func follow() {
    reader.readOn(waits: false)
    isFollowed = true
    intake.isSample = false
    remaining = .max
  }

  /// From here on corrects the times of rows by other clocks.
  mutating func correct(by clocks: ClockModel, table: borrowing PointTable) {
    intake.correct(by: clocks, table: table)
  }

  /// Begins behind the first record of a time or later; false if there is none.
  ///
  /// - Parameter last: about the time of the last record.
  mutating func seek(
    to time: Int64, last: Int64, intake: SourceIntake, recordLimit: Int, table: inout PointTable
  ) -> Bool {
    self.intake = intake
    self.intake.isSample = true
    addPoints(to: &table)
    error = nil
    releasedOffset = 0
    needsTable = false
    remaining = reader.seek(to: time, last: last) ? recordLimit : 0
    return remaining > 0
  }

  /// Begins again at the first record, with what the reader knows of the interfaces kept.
  mutating func rewind(intake: SourceIntake, recordLimit: Int) {
    reader.rewind()
    self.intake = intake
    self.intake.isSample = recordLimit < .max
    wasReadWhole = false
    error = nil
    remaining = recordLimit
    releasedOffset = 0
    needsTable = false
  }

  private mutating func releasePages() {
    guard reader.isMapped, reader.byteOffset > releasedOffset &+ Self.releaseStep else { return }
    releasedOffset = reader.byteOffset
    reader.releasePages(before: releasedOffset)
  }
}
