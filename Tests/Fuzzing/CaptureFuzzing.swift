import Captures
import Decapsulation
import Glibc
import Packets
import Topology
import Trajectories

/// The ways that bytes of a capture take through the program, without its output.
enum CaptureFuzzing {
  /// What is written at the most of one input, in bytes: a compressed one may unpack to anything.
  private static let writingLimit = 16 << 20

  /// Reads bytes as a capture in every way there is; returns, whatever they are.
  static func take(_ bytes: UnsafeRawBufferPointer) {
    guard let file = unsafe UnnamedFile(bytes) else { return }
    let path = file.path
    decode(path)
    resynchronise(path, byteOffset: UInt64(bytes.count / 2))
    decapsulate(path)
    trace(path)
  }

  /// Each packet lies in memory of just its length: reading beyond it does not go unnoticed.
  private static func decode(_ path: String) {
    guard var reader = try? CaptureReader(path: path) else { return }
    var summary = PacketSummary()
    var remaining = writingLimit
    while remaining > 0, (try? reader.advance()) == true {
      let record = reader.record()
      let packet = unsafe record.bytes.withUnsafeBytes { unsafe Array($0) }
      let linkType = reader.interfaces[record.interface].linkType.rawValue
      let decoder = PacketDecoder(linkType: linkType, options: DecodingOptions())
      unsafe decoder?.decode(
        packet.span.bytes, originalLength: record.originalLength, into: &summary)
      remaining -= packet.count + 16
    }
  }

  private static func resynchronise(_ path: String, byteOffset: UInt64) {
    guard var reader = try? CaptureReader(path: path) else { return }
    if reader.resynchronise(at: byteOffset) { _ = try? reader.advance() }
    _ = try? reader.lastRecordTime()
    _ = try? reader.advance()
  }

  private static func decapsulate(_ path: String) {
    var options = DecapsulationOptions()
    options.decoding.vxlanPorts.append(53)
    for format in [CaptureWriter.Format.pcapng, .pcap(.ethernet)] {
      let decapsulation = Decapsulation(
        inputs: [DecapsulationInput(name: InputName(path) { _ in true }, naming: PointNaming())],
        options: options)
      var remaining = writingLimit
      decapsulation.run(
        writingTo: CaptureWriter(format: format, application: "") {
          remaining -= $0.byteCount
          return remaining > 0
        })
      _ = decapsulation.counts.lines(files: [path])
    }
  }

  private static func trace(_ path: String) {
    let input = TraceInput(name: InputName(path) { _ in true }, naming: PointNaming())
    // As usual, and with rows merged in another thread and a window that is soon full.
    for (threads, limit) in [(1, AnalysisOptions().windowLimit), (2, 1024)] {
      var options = AnalysisOptions()
      options.threads = threads
      options.windowLimit = limit
      let analysis = TraceAnalysis(inputs: [input], options: options)
      analysis.prepare()
      analysis.run { _, _ in }
    }
  }
}

/// Bytes as a file without a name that lives as long as this value.
@safe
struct UnnamedFile: ~Copyable {
  private let file: UnsafeMutablePointer<FILE>

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let file = unsafe tmpfile() else { return nil }
    guard unsafe write(fileno(file), bytes.baseAddress, bytes.count) == bytes.count else {
      unsafe fclose(file)
      return nil
    }
    unsafe self.file = file
  }

  deinit {
    unsafe fclose(file)
  }

  var path: String { unsafe "/proc/self/fd/\(fileno(file))" }
}
