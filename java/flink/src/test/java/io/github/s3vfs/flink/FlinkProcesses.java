package io.github.s3vfs.flink;

import io.github.s3vfs.testkit.S3TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of Flink on this host: a process for the job manager, and one for each task manager.
 */
final class FlinkProcesses implements AutoCloseable {
  private final Path directory;
  private final String classPath;
  private final S3TestServer server;
  private final int restPort;
  private final List<Process> processes = new ArrayList<>();
  private @Nullable Process killed;

  private FlinkProcesses(Path directory, String classPath, S3TestServer server, int restPort) {
    this.directory = directory;
    this.classPath = classPath;
    this.server = server;
    this.restPort = restPort;
  }

  /**
   * Starts a job manager.
   *
   * @param classPath of this and all other processes
   */
  static FlinkProcesses start(Path directory, String classPath, S3TestServer server)
      throws IOException {
    int restPort = freePort();
    FlinkProcesses cluster = new FlinkProcesses(directory, classPath, server, restPort);
    Path unused =
        Files.writeString(
            directory.resolve("config.yaml"),
            """
            jobmanager.rpc.address: localhost
            jobmanager.rpc.port: %d
            jobmanager.memory.process.size: 600m
            rest.address: localhost
            rest.port: %d
            heartbeat.interval: 500 ms
            heartbeat.timeout: 10 s
            taskmanager.numberOfTaskSlots: 2
            taskmanager.cpu.cores: 2
            taskmanager.memory.framework.heap.size: 128m
            taskmanager.memory.framework.off-heap.size: 128m
            taskmanager.memory.jvm-metaspace.size: 256m
            taskmanager.memory.jvm-overhead.min: 192m
            taskmanager.memory.jvm-overhead.max: 192m
            taskmanager.memory.task.heap.size: 200m
            taskmanager.memory.task.off-heap.size: 300m
            taskmanager.memory.network.min: 32m
            taskmanager.memory.network.max: 32m
            taskmanager.memory.managed.size: 32m
            """
                .formatted(freePort(), restPort));
    Process unusedToo = cluster.run("jobmanager", StandaloneSessionClusterEntrypoint.class);
    return cluster;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts a task manager. */
  Process startTaskManager() throws IOException {
    return run("taskmanager-" + processes.size(), TaskManagerRunner.class);
  }

  private Process run(String name, Class<?> program) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx400m", "-cp", classPath));
    if (Runtime.version().feature() >= 24) {
      command.add(1, "--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of(program.getName(), "--configDir", directory.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("AWS_ACCESS_KEY_ID", server.accessKeyId());
    builder.environment().put("AWS_SECRET_ACCESS_KEY", server.secretAccessKey());
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** Kills a process, and waits until it is gone. */
  void kill(Process process) throws InterruptedException {
    killed = process;
    int unused = process.destroyForcibly().waitFor();
  }

  /** An environment whose jobs run here. */
  StreamExecutionEnvironment environment(Configuration configuration) {
    return StreamExecutionEnvironment.createRemoteEnvironment("localhost", restPort, configuration);
  }

  /** A number in what the job manager says of itself; -1 if it is not there. */
  long number(String path, String pattern) throws IOException, InterruptedException {
    for (Process each : processes) {
      if (each != killed && !each.isAlive()) {
        throw new IOException("a process of Flink has ended; its log is in " + directory);
      }
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + restPort + path)).build();
    try {
      String answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
      Matcher matcher = Pattern.compile(pattern).matcher(answer);
      return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    } catch (java.net.ConnectException e) {
      return -1; // it has not started yet
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
