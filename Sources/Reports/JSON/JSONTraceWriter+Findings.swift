import Findings
import Trajectories

/// The `finding` lines.
extension JSONTraceWriter {
  mutating func write(_ finding: Finding, nodes: [String]) {
    buffer.append("{\"type\":\"finding\",\"code\":")
    buffer.append(JSONText.quoted(finding.code.rawValue))
    buffer.append(",\"severity\":")
    buffer.append(JSONText.quoted(finding.severity.name))
    buffer.append(",\"confidence\":")
    buffer.append(JSONText.quoted(finding.confidence.name))
    buffer.append(",\"point\":")
    if let point = finding.point {
      buffer.append(names.points[Int(point)])
    } else {
      buffer.append("null")
    }
    buffer.append(",\"direction\":")
    if let direction = finding.direction {
      buffer.append(JSONText.quoted(direction.name(in: nodes)))
    } else {
      buffer.append("null")
    }
    buffer.append(",\"packets\":")
    buffer.append(finding.packets)
    buffer.append(",\"of\":")
    if let total = finding.total {
      buffer.append(total)
    } else {
      buffer.append("null")
    }
    buffer.append(",\"summary\":")
    buffer.append(JSONText.quoted(finding.summary))
    buffer.append(",\"causes\":")
    writeTexts(finding.causes)
    buffer.append(",\"evidence\":[")
    for (index, reference) in finding.evidence.enumerated() {
      buffer.append(index > 0 ? ",{\"file\":" : "{\"file\":" as StaticString)
      buffer.append(names.files[Int(reference.file)])
      buffer.append(",\"frame\":")
      buffer.append(reference.frame)
      buffer.append("}")
    }
    buffer.append("],\"advice\":")
    writeTexts(finding.advice)
    buffer.append("}\n")
  }

  private mutating func writeTexts(_ texts: [String]) {
    buffer.append("[")
    for (index, text) in texts.enumerated() {
      if index > 0 { buffer.append(",") }
      buffer.append(JSONText.quoted(text))
    }
    buffer.append("]")
  }
}
