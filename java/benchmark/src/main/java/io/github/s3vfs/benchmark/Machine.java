package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** On what something is measured: for people. */
final class Machine {
  private Machine() {}

  /**
   * The machine and the JVM.
   *
   * @param files where local files are
   */
  static Map<String, String> describe(Path files) throws IOException {
    Runtime runtime = Runtime.getRuntime();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("processors", "" + runtime.availableProcessors());
    settings.put("processor", processor());
    settings.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    settings.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    settings.put("largest heap, bytes", "" + runtime.maxMemory());
    settings.put("file system of local files", Files.getFileStore(files).type());
    return settings;
  }

  /** Its name where the system tells it in /proc. */
  private static String processor() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return "unknown";
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
