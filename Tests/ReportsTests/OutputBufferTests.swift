import Testing

@testable import Reports

/// Text in the making, where it leaves for the sink and where a line is kept.
@Suite struct OutputBufferTests {
  private func text(_ write: (inout OutputBuffer) -> Void) -> String {
    let output = Collector()
    var buffer = OutputBuffer(sink: output.sink)
    write(&buffer)
    buffer.flush()
    return output.text
  }

  @Test func numbersAreThoseOfTheLanguage() {
    var number: UInt64 = 1
    var numbers: [UInt64] = [0, .max]
    while number < .max / 10 {
      numbers += [number - 1, number, number + 1, 7 * number]
      number *= 10
    }
    for number in numbers {
      #expect(text { $0.append(number) } == String(number))
      let signed = Int64(truncatingIfNeeded: number)
      #expect(text { $0.append(signed) } == String(signed))
    }
    #expect(text { $0.append(Int64.min) } == "-9223372036854775808")
  }

  @Test(
    arguments: [
      (0, "0.000000000"), (1, "0.000000001"), (-1, "-0.000000001"),
      (1_763_823_788_000_497_000, "1763823788.000497000"), (999_999_999, "0.999999999"),
      (.min, "-9223372036.854775808"),
    ] as [(Int64, String)])
  func seconds(_ time: Int64, _ expected: String) {
    #expect(text { $0.appendSeconds(time) } == expected)
  }

  /// A piece is repeated wherever in the memory its line begins, also where the line is longer than that.
  @Test(arguments: [0, 1, 100, OutputBuffer.usualCapacity - 8], [1, 3, 20_000])
  func piecesOfALineAreRepeated(before: Int, times: Int) {
    let output = text { buffer in
      buffer.append([UInt8](repeating: UInt8(ascii: "-"), count: before))
      for _ in 0..<2 {
        buffer.beginLine()
        buffer.append("<")
        let start = buffer.linePosition
        buffer.append("piece")
        let piece = start..<buffer.linePosition
        for _ in 0..<times { buffer.repeatPiece(piece) }
        buffer.append(">")
        buffer.endLine()
      }
    }
    let line = "<" + String(repeating: "piece", count: times + 1) + ">"
    #expect(output == String(repeating: "-", count: before) + line + line)
  }
}
