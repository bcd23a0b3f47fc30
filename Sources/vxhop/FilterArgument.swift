import ArgumentParser
import Filters

/// The filter that a command was given, as trailing words or by `--filter`.
enum FilterArgument {
  /// Says what a filter about Ethernet leaves out where only IP packets are looked at.
  static func noteLimits(of filter: InnerPacketFilter?) {
    guard let filter, filter.matchesOnlyEthernet else { return }
    StandardError.print(
      "filter '\(filter.expression)' is about Ethernet: packets captured without its header, as by -i any, do not match"
    )
  }

  static func compile(words: String?, option: String?) throws -> InnerPacketFilter? {
    guard words == nil || option == nil else {
      throw ValidationError("The filter is given twice: as words and by --filter.")
    }
    guard let expression = words ?? option else { return nil }
    do throws(FilterError) {
      return try InnerPacketFilter(expression: expression)
    } catch {
      throw ValidationError(error.description)
    }
  }
}
