import Topology
import Trajectories

/// The lines after all traces.
extension JSONTraceWriter {
  mutating func write(_ leg: Leg) {
    buffer.append("{\"type\":\"leg\",\"from\":")
    buffer.append(names.points[Int(leg.from)])
    buffer.append(",\"to\":")
    buffer.append(names.points[Int(leg.to)])
    member("packets", leg.packets)
    member("lost", leg.lost)
    buffer.append(",\"delay_ns\":")
    if let delays = leg.delays {
      buffer.append("{\"min\":")
      buffer.append(delays.minimum)
      let settled = delays.settled
      member("p50", settled.percentile(50))
      member("p90", settled.percentile(90))
      member("p99", settled.percentile(99))
      member("max", delays.maximum)
      member("negative", delays.negative)
      buffer.append("}")
      member("delay_error_ns", leg.delayError)
      buffer.append("}\n")
    } else {
      buffer.append("null,\"delay_error_ns\":null}\n")
    }
  }

  mutating func write(_ clock: AnalysisFacts.Clock) {
    buffer.append("{\"type\":\"clock\",\"node\":")
    buffer.append(JSONText.quoted(clock.node))
    buffer.append(",\"reference\":")
    buffer.append(JSONText.quoted(clock.reference))
    member("offset_ns", clock.offset)
    member("error_ns", clock.error)
    openMember("drift_ppm")
    writeThousandths(clock.drift)
    member("samples", UInt64(clock.samples))
    buffer.append(",\"steps\":[")
    for (index, step) in clock.steps.enumerated() {
      if index > 0 { buffer.append(",") }
      buffer.append("{\"time\":")
      writeTime(step.time)
      member("change_ns", step.change)
      buffer.append("}")
    }
    buffer.append("]}\n")
  }

  mutating func write(_ point: AnalysisFacts.Point, number: Int) {
    buffer.append("{\"type\":\"point\",\"point\":")
    buffer.append(names.points[number])
    buffer.append(",\"role\":")
    buffer.append(JSONText.quoted(point.role.name))
    buffer.append(",\"files\":[")
    for (index, file) in point.files.enumerated() {
      if index > 0 { buffer.append(",") }
      buffer.append(names.files[Int(file)])
    }
    buffer.append("]")
    member("frames", point.frames)
    member("inner", point.inner)
    buffer.append(",\"first\":")
    writeTime(point.first)
    buffer.append(",\"last\":")
    writeTime(point.last)
    buffer.append(",\"capture_drops\":")
    if let drops = point.captureDrops {
      buffer.append(drops)
    } else {
      buffer.append("null")
    }
    buffer.append("}\n")
  }

  mutating func write(_ counts: TraceCounts, _ facts: AnalysisFacts) {
    buffer.append("{\"type\":\"summary\"")
    member("files", UInt64(facts.fileCount))
    member("frames", facts.frames)
    member("observations", facts.observations)
    member("traces", counts.traces)
    member("complete", counts.complete)
    member("lost", counts.lost)
    member("partial", counts.partial)
    member("not_judged", counts.notJudged)
    member("ambiguous", counts.ambiguous)
    member("unmatched", counts.unmatched)
    member("malformed", facts.malformed)
    member("span_ns", counts.span)
    member("evicted", facts.evicted)
    buffer.append("}\n")
  }

  private mutating func writeTime(_ time: Int64?) {
    guard let time else {
      buffer.append("null")
      return
    }
    buffer.append("\"")
    buffer.appendSeconds(time)
    buffer.append("\"")
  }

  private mutating func member(_ name: StaticString, _ value: UInt64) {
    openMember(name)
    buffer.append(value)
  }

  private mutating func member(_ name: StaticString, _ value: Int64?) {
    openMember(name)
    writeNumber(value)
  }

  /// A number with three decimals.
  private mutating func writeThousandths(_ value: Double?) {
    guard let value, let thousandths = Int64(exactly: (value * 1000).rounded()) else {
      buffer.append("null")
      return
    }
    let (whole, rest) = thousandths.magnitude.quotientAndRemainder(dividingBy: 1000)
    if thousandths < 0 { buffer.append("-") }
    buffer.append(whole)
    buffer.append(".")
    buffer.appendThree(rest)
  }

  private mutating func openMember(_ name: StaticString) {
    buffer.append(",\"")
    buffer.append(name)
    buffer.append("\":")
  }
}
