import ArgumentParser
import Captures
import Filters
import Glibc
import LiveCapture
import Netlink
import Topology

/// `vxhop capture`: packets at one or many points of this node, into a pcapng.
struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Captures at one or many points of this node at once.",
    discussion: """
      Each point is an interface of the pcapng, named node/interface, and all packets are in one order \
      of time. Filter words apply to the inner packet: on a NIC the tunnel is captured and the words \
      look inside.

        vxhop capture --all -w node1.pcapng
        vxhop capture --pod 10.244.1.7 --trace
        vxhop capture --pod 10.244.1.7 -w - tcp port 80 | wireshark -k -i -
        vxhop capture -i cni0 -i flannel.1 -i eth0 -w node1.pcapng
        vxhop capture --netns 4711 -w - | wireshark -k -i -

      The capture brings the node's tables along (see vxhop snapshot), also over a pipe.

      Ctrl-C ends it and prints, per point, the packets captured, received and dropped; SIGUSR1 prints \
      them on the way. It needs CAP_NET_RAW; --netns also CAP_SYS_ADMIN and, for another user's \
      process, CAP_SYS_PTRACE.
      """)

  @OptionGroup var options: CaptureOptions

  func run() throws {
    let node = try nodeName()
    let user = try unprivilegedUser()
    guard let output = options.output else {
      try checkRights()
      return try trace(node, goingOnAs: user)
    }
    if options.isDecapsulated {
      try checkRights()
      return try decapsulate(node, to: output, goingOnAs: user)
    }
    let filter = try makeFilter(isStream: output == "-")
    let points = try PointSelection.points(of: options)
    var session = try open(points, filter)
    let files = try openFiles(output)
    // Asked before the rights are given up: it looks into pods' namespaces.
    let tables = nodeTables(of: node)
    try dropPrivileges(goingOnAs: user, files)
    Signals.catchAll()
    if let own = filter.ownConnection {
      StandardError.print("not captured: \(own) (--no-exclude-self keeps it)")
    }
    var recorder = try makeRecorder(
      points, node: node, filter: filter, tables: tables, session, files)
    let names = points.map { "\(node)/\($0.interface)" }
    StandardError.print("capturing at \(names.joined(separator: ", ")); Ctrl-C ends it")
    Self.run(&session, &recorder, names: names, duration: options.duration, options)
    recorder.finish()
    Self.statistics(&session, recorder, names).print()
    if let failure = recorder.failure {
      StandardError.print(failure.description)
      throw ExitStatus.failure
    }
    if session.isAtEnd && !session.endings.isEmpty { throw ExitStatus.failure }
  }

  /// Another process captures: what it may not do is said once, here.
  private func checkRights() throws {
    let everything = CaptureFilter(words: nil, ownConnection: nil, tunnelPorts: [])
    _ = try open(PointSelection.points(of: options), everything)
  }

  /// The command line of another process of this program that captures the same to its standard output.
  private func streamingCommand(_ node: String) -> SourceCommand {
    let words = [Self.programPath] + options.streamingArguments(node: node)
    return SourceCommand(
      name: node, command: "exec " + words.map(\.quotedForShell).joined(separator: " "))
  }

  /// Recovers the inner frames of what another process of this program captures.
  private func decapsulate(
    _ node: String, to output: String, goingOnAs user: UnprivilegedUser?
  ) throws {
    let files = try openFiles(output)
    let capture = try SourceProcess(streamingCommand(node), sharesErrors: true)
    capture.handOnSignals()
    guard dup2(capture.descriptor, STDIN_FILENO) >= 0, files.becomeStandardOutput() else {
      StandardError.print(
        "\(output): cannot be written: \(unsafe String(cString: strerror(errno)))")
      throw ExitStatus.failure
    }
    try dropPrivileges(goingOnAs: user)
    let ports = options.vxlanPorts.words
    try DecapCommand.parse(["-", "-w", "-"] + ports).recover(handlingInterrupts: false)
    capture.end()
    if capture.failure() != nil { throw ExitStatus.failure }
  }

  /// Traces what another process of this program captures: that one has the rights, this one needs none.
  private func trace(_ node: String, goingOnAs user: UnprivilegedUser?) throws {
    let source = streamingCommand(node)
    var words = ["--source", source.name + "=" + source.command]
    if let format = options.format { words += ["--format", format.rawValue] }
    if let packets = options.packets { words += ["--packets", packets] }
    words += options.vxlanPorts.words
    try TraceCommand.parse(words).trace { try dropPrivileges(goingOnAs: user) }
  }

  /// Captures until something ends it.
  private static func run(
    _ session: inout CaptureSession, _ recorder: inout CaptureRecorder, names: [String],
    duration: Double?, _ options: CaptureOptions
  ) {
    let end = duration.map { WallClock.now + Int64($0 * 1e9) } ?? .max
    var reportedEndings = 0
    var appearing = options.isForAll ? AppearingInterfaces() : nil
    while !Signals.wantsStop && !recorder.isAtEnd && !session.isAtEnd && WallClock.now < end {
      session.advance(milliseconds: options.isPacketBuffered ? 20 : 100) { recorder.take($0) }
      if recorder.areStatisticsDue {
        recorder.add(Self.counts(&session), completeUntil: session.completeUntil)
      }
      recorder.flush()
      if Signals.takeStatisticsRequest() { Self.statistics(&session, recorder, names).print() }
      for ending in session.endings.dropFirst(reportedEndings) {
        StandardError.print(
          "\(names[ending.interface]): no longer captured: \(ending.error.explanation)")
      }
      reportedEndings = session.endings.count
      for name in appearing?.found() ?? [] {
        StandardError.print("\(name) has appeared: it is not captured, start again to capture it")
      }
    }
    session.drain { recorder.take($0) }
    recorder.add(Self.counts(&session), completeUntil: WallClock.now)
  }

  private static func counts(
    _ session: inout CaptureSession
  ) -> [(received: UInt64, dropped: UInt64)] {
    (0..<session.count).map { session.statistics(of: $0) }
  }

  private static func statistics(
    _ session: inout CaptureSession, _ recorder: borrowing CaptureRecorder, _ names: [String]
  ) -> CaptureStatistics {
    let captured = recorder.captured
    return CaptureStatistics(
      points: Self.counts(&session).enumerated().map { index, counts in
        .init(
          name: names[index], captured: captured[index], received: counts.received,
          dropped: counts.dropped)
      })
  }
}

// MARK: - Before the first packet

extension CaptureCommand {
  private static var programPath: String {
    var path: [CChar] = Array(repeating: 0, count: Int(PATH_MAX))
    _ = unsafe readlink("/proc/self/exe", &path, path.count - 1)
    return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func nodeName() throws -> String {
    let name = options.node ?? ThisNode.name
    guard !name.contains("/") else {
      throw ValidationError("NODE_NAME is '\(name)': a node's name is without /.")
    }
    return name
  }

  /// Who goes on once everything is open; nil for the user that this process is.
  private func unprivilegedUser() throws -> UnprivilegedUser? {
    guard Privileges.isRoot else {
      if options.user != nil { StandardError.print("-Z: only root becomes another user") }
      return nil
    }
    let name = options.user ?? "nobody"
    guard let user = UnprivilegedUser(name) else {
      throw ValidationError("-Z \(name): no such user.")
    }
    return user
  }

  private func makeFilter(isStream: Bool) throws -> CaptureFilter {
    let words = options.words.isEmpty ? nil : options.words.joined(separator: " ")
    let filter = try FilterArgument.compile(words: words, option: options.filter)
    FilterArgument.noteLimits(of: filter)
    let own = isStream && !options.noExcludeSelf ? OwnConnection.current() : nil
    return CaptureFilter(
      words: filter, ownConnection: own, tunnelPorts: [8472, 4789] + options.vxlanPorts.numbers)
  }

  private func open(
    _ points: [CapturePoint], _ filter: CaptureFilter
  ) throws -> CaptureSession {
    var settings = HandleSettings()
    if options.snapshotLength > 0 {
      settings.snapshotLength = min(settings.snapshotLength, Int(options.snapshotLength))
    }
    let share = min(16 << 20, max(2 << 20, (64 << 20) / points.count))
    settings.bufferSize = options.bufferSize.map { $0 << 10 } ?? share
    do throws(LiveCaptureError) {
      return try CaptureSession(count: points.count) { index throws(LiveCaptureError) in
        let point = points[index]
        let handle = try point.open(settings)
        if let expression = filter.kernelExpression(carriesTunnels: point.carriesTunnels) {
          try handle.setFilter(expression)
        }
        return handle
      }
    } catch {
      StandardError.print(Self.advised(error, points))
      throw ExitStatus.failure
    }
  }

  /// What is missing, and the command that gives it.
  private static func advised(_ error: LiveCaptureError, _ points: [CapturePoint]) -> String {
    guard error.code == .notPermitted else { return error.description }
    var capabilities = ["cap_net_raw"]
    let namespaces = points.compactMap(\.namespace)
    if !namespaces.isEmpty { capabilities.append("cap_sys_admin") }
    if namespaces.contains(where: \.isProcess) { capabilities.append("cap_sys_ptrace") }
    return "\(error): run it as root, or once, as root:"
      + " setcap \(capabilities.joined(separator: ","))+ep \(programPath)"
  }

  private func openFiles(_ output: String) throws -> OutputFiles {
    let rotation = OutputFiles.Rotation(
      size: options.fileSize.map { $0 * 1_000_000 }, interval: options.fileSeconds,
      count: options.fileCount)
    do throws(GuardedFileError) {
      let files = try OutputFiles(output, rotation: rotation)
      guard !files.isTerminal else {
        throw GuardedFileError("standard output", "is a terminal: name a file, or pipe it on")
      }
      return files
    } catch {
      StandardError.print(error.description)
      throw ExitStatus.failure
    }
  }

  /// The node's tables tell a later trace what leads where. Without them it learns from the packets.
  private func nodeTables(of node: String) -> [UInt8] {
    guard let json = try? NodeSnapshot.ofThisNode().json(node: node, time: Int64(time(nil))) else {
      return []
    }
    if let packed = NodeTables.packed(json) { return packed }
    StandardError.print(
      "this node's tables are too large for the capture: vxhop snapshot -o FILE, trace --snapshot FILE"
    )
    return []
  }

  private func dropPrivileges(
    goingOnAs user: UnprivilegedUser?, _ files: OutputFiles? = nil
  ) throws {
    if let user { files?.share(with: user) }
    let status = Privileges.drop(to: user)
    guard status == 0 else {
      StandardError.print(
        "rights could not be given up: \(unsafe String(cString: strerror(status)))")
      throw ExitStatus.failure
    }
    if let folder = files?.forbiddenFolder {
      StandardError.print(
        "\(folder): rotated files are made by user \(user?.name ?? "this user"), who may not write there: name another user (-Z) or folder"
      )
      throw ExitStatus.failure
    }
  }

  private func makeRecorder(
    _ points: [CapturePoint], node: String, filter: CaptureFilter, tables: [UInt8],
    _ session: borrowing CaptureSession, _ files: OutputFiles
  ) throws -> CaptureRecorder {
    var written: [CaptureRecorder.Point] = []
    for (index, point) in points.enumerated() {
      let linkType = session.linkType(of: index)
      var recorded = CaptureRecorder.Point(
        name: "\(node)/\(point.interface)", linkType: linkType, filter: filter.expression)
      if point.carriesTunnels {
        do throws(FilterError) {
          recorded.selection = try InnerSelection(filter, linkType: linkType)
        } catch {
          throw ValidationError(error.description)
        }
      }
      written.append(recorded)
    }
    return CaptureRecorder(
      points: written, nodeTables: tables,
      snapshotLength: options.snapshotLength == 0 ? 262_144 : min(262_144, options.snapshotLength),
      limit: options.count, files: files)
  }
}
