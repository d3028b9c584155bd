package io.tidemark.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * The process that has a lease.
 *
 * @param what it does, for a person
 * @param host its name
 * @param machine within which process ids are counted; empty if that cannot be told
 * @param pid its id there
 * @param startedAt when it began, as its machine has it
 * @param process that no other process has
 * @param since when it has the lease
 */
record LeaseHolder(
    String what,
    String host,
    String machine,
    long pid,
    Instant startedAt,
    String process,
    Instant since) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String THIS_PROCESS = UUID.randomUUID().toString();
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROCESS_IDS = Path.of("/proc/self/ns/pid");

  /** Where the processes of others are hidden, this one is as well. */
  private static final Path FIRST_PROCESS = Path.of("/proc/1");

  /** The clock of a machine may be set while a process runs. */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  static LeaseHolder thisProcess(String what) {
    ProcessHandle self = ProcessHandle.current();
    return new LeaseHolder(
        what,
        thisHost(),
        thisMachine(),
        self.pid(),
        self.info().startInstant().orElse(Instant.EPOCH),
        THIS_PROCESS,
        Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  /** Of a text that another version wrote, or a part of it, only the text is known. */
  static LeaseHolder parse(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (json.path("process").isTextual()) {
        return new LeaseHolder(
            json.path("what").asText(),
            json.path("host").asText(),
            json.path("machine").asText(),
            json.path("pid").asLong(),
            Instant.ofEpochMilli(json.path("startedAt").asLong()),
            json.path("process").asText(),
            Instant.ofEpochSecond(json.path("since").asLong()));
      }
    } catch (JsonProcessingException notJson) {
      // As below.
    }
    String what = text.isBlank() ? "not known yet" : text.strip();
    return new LeaseHolder(what, "", "", 0, Instant.EPOCH, "", Instant.EPOCH);
  }

  /** Each text is another one: a sign of life. */
  String text() {
    return JSON.createObjectNode()
        .put("what", what)
        .put("host", host)
        .put("machine", machine)
        .put("pid", pid)
        .put("startedAt", startedAt.toEpochMilli())
        .put("process", process)
        .put("since", since.getEpochSecond())
        .put("sign", UUID.randomUUID().toString())
        .toString();
  }

  boolean isThisProcess() {
    return process.equals(THIS_PROCESS);
  }

  /** Whether it ran where this process runs, so that this one can see it. */
  boolean isHere() {
    return !machine.isEmpty() && machine.equals(thisMachine());
  }

  /** Whether it has surely ended, however young its last sign of life is. */
  boolean isGone() {
    if (!isHere() || isThisProcess()) {
      return false;
    }
    // A container that is started again may give its process the same id.
    return pid == ProcessHandle.current().pid()
        || ProcessHandle.of(pid).filter(this::isSame).isEmpty();
  }

  private boolean isSame(ProcessHandle handle) {
    return handle.isAlive()
        && handle
            .info()
            .startInstant()
            .map(start -> Duration.between(startedAt, start).abs().compareTo(SAME_START) <= 0)
            .orElse(true);
  }

  /** Containers of one machine have process ids of their own each. */
  private static String thisMachine() {
    try {
      return Files.exists(FIRST_PROCESS)
          ? Files.readString(BOOT).strip() + " " + Files.readSymbolicLink(PROCESS_IDS)
          : "";
    } catch (IOException notLinux) {
      return "";
    }
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "a host without a name";
    }
  }

  /** For a person. */
  @Override
  public String toString() {
    return process.isEmpty()
        ? what
        : "%s, process %d on %s, since %s".formatted(what, pid, host, since);
  }
}
