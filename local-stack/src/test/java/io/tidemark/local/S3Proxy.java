package io.tidemark.local;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** S3 in a process of its own, whose bucket {@code lake} is a folder. */
public final class S3Proxy implements AutoCloseable {
  private static final Path JAR = Path.of("target/servers/s3proxy.jar").toAbsolutePath();

  private final Path folder;
  private final int port;
  private final Process process;

  private S3Proxy(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** Starts one, and waits until it answers. */
  public static S3Proxy start(Path folder) throws Exception {
    Files.createDirectories(folder.resolve("buckets/lake"));
    int port = Ports.free();
    Path settings =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=tidemark
            s3proxy.credential=not a secret
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, folder.resolve("buckets")));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    // Also if the tests are interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    S3Proxy started = new S3Proxy(folder, port, process);
    Servers.awaitListening(port, process, folder.resolve("s3proxy.log"));
    return started;
  }

  /** The root of a lake in the bucket. */
  public URI place(String name) {
    return URI.create("s3a://lake/" + name);
  }

  /** Hadoop's settings to reach it. */
  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.access.key", "tidemark");
    settings.put("fs.s3a.secret.key", "not a secret");
    return settings;
  }

  /** Where the objects of a place are on this machine. */
  public Path objects(URI place) {
    return folder.resolve("buckets/lake" + place.getPath());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
