extension HTMLPage {
  private static let nodeLimit = 24

  /// Packets and losses of each pair of nodes, the sender's in a row.
  func writeMatrix(into html: inout Markup) {
    let pairs = NodePair.pairs(of: statistics.flows.flows)
    var weights: [UInt16: UInt64] = [:]
    for pair in pairs {
      for node in [pair.source, pair.destination] {
        weights[node, default: 0] += pair.packets + pair.lost * 1000
      }
    }
    let ranked = weights.keys.sorted {
      (weights[$0, default: 0], $1) > (weights[$1, default: 0], $0)
    }
    let nodes = ranked.prefix(Self.nodeLimit)
      .sorted { names.nodes[Int($0)] < names.nodes[Int($1)] }
    section("matrix", "Loss between nodes", into: &html) { html in
      guard !nodes.isEmpty else {
        html.element("p", ["class": "calm"], text: "No packet shows both of its nodes.")
        return
      }
      html.scrolling("Loss between nodes") { html in
        html.element("table", ["class": "matrix"]) { writeMatrix(nodes, pairs, into: &$0) }
      }
      writeScale(into: &html)
      var words = "From the row's node to the column's: lost of all packets; – where none went."
      if ranked.count > nodes.count {
        words += " \(ranked.count - nodes.count) nodes with less traffic and loss are left out."
      }
      html.element("p", ["class": "note"], text: words)
    }
  }

  private func writeMatrix(_ nodes: [UInt16], _ pairs: [NodePair], into html: inout Markup) {
    html.element("thead") { html in
      html.element("tr") { html in
        html.element("th", ["scope": "col"], text: "from ↓  to →")
        for node in nodes { html.element("th", ["scope": "col"], text: names.nodes[Int(node)]) }
      }
    }
    html.element("tbody") { html in
      for source in nodes {
        html.element("tr") { html in
          html.element("th", ["scope": "row"], text: names.nodes[Int(source)])
          for destination in nodes {
            let pair = pairs.first { $0.source == source && $0.destination == destination }
            write(pair, into: &html)
          }
        }
      }
    }
  }

  private func write(_ pair: NodePair?, into html: inout Markup) {
    guard let pair else {
      html.element("td", ["class": "empty"], text: "–")
      return
    }
    html.element("td", ["class": "heat" + Self.heat(of: pair)]) { html in
      html.element("b", text: TextNumbers.percent(pair.lost, of: pair.packets))
      html.element(
        "small",
        text: "\(TextNumbers.grouped(pair.lost)) of \(TextNumbers.grouped(pair.packets))")
    }
  }

  /// Steps of the colour scale.
  private static let scale = ["none lost", "below 1 %", "1 to 5 %", "5 to 20 %", "more", "all"]

  private static func heat(of pair: NodePair) -> String {
    guard pair.lost > 0, pair.packets > 0 else { return "0" }
    let share = Double(pair.lost) / Double(pair.packets)
    return share < 0.01 ? "1" : share < 0.05 ? "2" : share < 0.2 ? "3" : share < 1 ? "4" : "5"
  }

  private func writeScale(into html: inout Markup) {
    html.element("p", ["class": "note legend"]) { html in
      for (step, words) in Self.scale.enumerated() {
        html.element("span", ["class": "key"]) { html in
          html.element("i", ["class": "swatch heat\(step)"]) { _ in }
          html.text(words)
        }
      }
    }
  }
}
