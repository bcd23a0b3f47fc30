import Trajectories

/// One packet on the page: a line that opens into its ladder and the table of its hops.
struct PacketCard {
  private let trajectory: Trajectory
  private let kind: PacketSample.Kind
  private let names: TextNames
  private let text: PacketText
  private let title: PacketTitle

  /// All parts of the unit that the packet is one of, if they are to be drawn.
  private let parts: [Trajectory]

  init(
    _ entry: PacketSample.Entry, parts: [Trajectory], names: TextNames, text: PacketText
  ) {
    trajectory = entry.trajectory
    self.parts = parts
    kind = entry.kind
    self.names = names
    self.text = text
    title = PacketTitle(of: entry.trajectory, addresses: names.addresses)
  }

  func markup(isOpen: Bool) -> Markup {
    var html = Markup()
    html.raw("\n")
    let name = "packet is-\(kind.name)"
    let identifier = "packet-\(trajectory.number)"
    if isOpen {
      html.element(
        "details", ["class": name, "id": identifier, "data-kind": kind.name, "open": ""],
        writeContent)
    } else {
      html.element(
        "details", ["class": name, "id": identifier, "data-kind": kind.name], writeContent)
    }
    return html
  }

  private func writeContent(into html: inout Markup) {
    let verdict = text.verdict(of: trajectory)
    html.element("summary") { html in
      html.element("span", ["class": "index"], text: "#\(trajectory.number)")
      html.element("b", text: title.transport)
      html.element("span", ["class": "address"], text: title.ends)
      html.element("span", ["class": "dim"], text: title.details.joined(separator: " · "))
      html.element("span", ["class": "outcome \(verdict.style)"], text: verdict.text)
    }
    html.scrolling("Ladder") { html in
      LadderDrawing(trajectory, names: names).draw(
        into: &html, title: "The way of packet \(trajectory.number): \(verdict.text)")
    }
    if parts.count > 1 {
      html.scrolling("Segments") { html in
        UnitDrawing(parts, names: names).draw(into: &html)
      }
      html.element(
        "p", ["class": "note"],
        text: "Each line is a segment (bytes of payload): a dot where a frame held it alone, a bar "
          + "over those that one frame held together.")
    }
    for line in text.verdictLines(of: trajectory) {
      html.element("p", ["class": "why \(line.mark.style)"]) { html in
        html.text(line.mark.text + " ")
        if let point = line.point { html.element("b", text: names.point(point) + " ") }
        html.text(line.words)
      }
    }
    writeHops(into: &html)
  }

  private func writeHops(into html: inout Markup) {
    html.scrolling("Hops") { html in
      html.element("table", ["class": "hops"]) { html in
        html.element("thead") { html in
          html.element("tr") { html in
            for title in ["point", "time as recorded", "delay", "what changed", "frame"] {
              html.element(
                "th", ["scope": "col", "class": title == "delay" ? "number" : ""], text: title)
            }
          }
        }
        html.element("tbody") { html in
          var previous: Observation?
          for hop in trajectory.hops {
            write(hop, after: previous, into: &html)
            if hop.kind == .path { previous = hop.observation }
          }
        }
      }
    }
  }

  private func write(_ hop: Hop, after previous: Observation?, into html: inout Markup) {
    let row = hop.observation
    let isPath = hop.kind == .path
    let isWire = previous.map { !names.areOnOneNode($0.point, row.point) } ?? false
    let words =
      isPath
      ? ChangeWords(addresses: names.addresses).list(from: previous, to: row, part: trajectory.part)
      : [hop.kind.title]
    let delay = hop.delay.map { TextTimes.delay($0, error: isWire ? hop.delayError : nil) }
    html.element("tr", ["class": isPath ? "" : "aside"]) { html in
      html.element("th", ["scope": "row"], text: names.point(row.point))
      html.element("td", ["class": "time"], text: TextTimes.timeOfDay(row.time))
      html.element(
        "td", ["class": "number"],
        text: delay ?? (isPath && previous != nil ? PacketText.unknownDelay : ""))
      html.element("td", text: words.joined(separator: ", "))
      html.element(
        "td", ["class": "frame"],
        text: names.frame(FrameReference(file: row.file, frame: row.frame)))
    }
  }
}
