import Captures
import Foundation
import TestSupport

/// Everything that a reader gives of a capture, copied out of it.
struct Reading: Equatable {
  struct Record: Equatable {
    let bytes: [UInt8]
    let time: Int64
    let originalLength: UInt32
    let interface: Int
    let frame: UInt64
  }

  private(set) var records: [Record] = []
  private(set) var interfaceNames: [String?] = []
  private(set) var error: CaptureError?
  /// How many records each run had, if they were read in runs.
  private(set) var runLengths: [Int] = []

  /// - Parameter runLimit: records that are taken of a run at the most; nil to read record by record.
  init(path: String, runLimit: Int? = nil) {
    do throws(CaptureError) {
      var reader = try CaptureReader(path: path)
      if let runLimit { readRuns(&reader, limit: runLimit) } else { readAll(&reader) }
    } catch {
      self.error = error
    }
  }

  init(_ bytes: [UInt8]) throws {
    let file = try TemporaryFile(bytes)
    self.init(path: file.path)
  }

  /// Reads bytes that come through a pipe.
  init(piping bytes: [UInt8], name: String, runLimit: Int? = nil) {
    let pipe = Pipe()
    let writer = pipe.fileHandleForWriting
    Thread.detachNewThread {
      try? writer.write(contentsOf: bytes)
      try? writer.close()
    }
    do throws(CaptureError) {
      let descriptor = pipe.fileHandleForReading.fileDescriptor
      var reader = try CaptureReader(fileDescriptor: descriptor, name: name)
      if let runLimit { readRuns(&reader, limit: runLimit) } else { readAll(&reader) }
    } catch {
      self.error = error
    }
    withExtendedLifetime(pipe) {
      _ = try? pipe.fileHandleForReading.readToEnd()
    }
  }

  init(reader: inout CaptureReader) {
    readAll(&reader)
  }

  private mutating func readAll(_ reader: inout CaptureReader) {
    do throws(CaptureError) {
      while try reader.advance() {
        let record = reader.record()
        records.append(Record(record))
      }
    } catch {
      self.error = error
    }
    interfaceNames = reader.interfaces.map(\.name)
  }

  /// A record that no run has is read on its own.
  private mutating func readRuns(_ reader: inout CaptureReader, limit: Int) {
    do throws(CaptureError) {
      while try reader.advance() {
        let (run, place) = Self.records(
          of: reader.run(), limit: limit, interface: reader.current.interface,
          firstFrame: reader.frame)
        runLengths.append(run.count)
        if run.isEmpty {
          let record = reader.record()
          records.append(Record(record))
        } else {
          records += run
          reader.moveOn(behind: run.count, to: place)
        }
      }
    } catch {
      self.error = error
    }
    interfaceNames = reader.interfaces.map(\.name)
  }

  /// The records of a run, and where the last one ends.
  private static func records(
    of run: borrowing RecordRun, limit: Int, interface: Int, firstFrame: UInt64
  ) -> (records: [Record], place: Int) {
    var records: [Record] = []
    var place = run.place
    while records.count < limit, let record = run.record(at: place) {
      records.append(
        Record(
          bytes: record.bytes.withUnsafeBytes { [UInt8]($0) }, time: record.time,
          originalLength: record.originalLength, interface: interface,
          frame: firstFrame + UInt64(records.count)))
      place = record.end
    }
    return (records, place)
  }
}

extension Reading.Record {
  init(_ record: borrowing CaptureRecord) {
    self.init(
      bytes: record.bytes.withUnsafeBytes { [UInt8]($0) },
      time: record.time,
      originalLength: record.originalLength,
      interface: record.interface,
      frame: record.frame
    )
  }
}
