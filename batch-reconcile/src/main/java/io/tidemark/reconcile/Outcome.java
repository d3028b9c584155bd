package io.tidemark.reconcile;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tidemark.output.ExitCode;

/** How reconciling a view ended. */
public sealed interface Outcome {

  static Outcome of(ViewFindings findings) {
    if (!findings.refused().isEmpty()) {
      return new Refused(findings);
    }
    if (!findings.waiting().isEmpty()) {
      return new Waiting(findings);
    }
    if (findings.driftAfter() > 0) {
      return new Drifted(findings);
    }
    return findings.driftBefore() > 0 ? new Repaired(findings) : new InSync(findings);
  }

  @JsonUnwrapped
  ViewFindings findings();

  /** The word for it. */
  @JsonProperty("outcome")
  String word();

  int exitCode();

  /** The view was right on every date. */
  record InSync(ViewFindings findings) implements Outcome {
    static final String WORD = "in sync";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public int exitCode() {
      return ExitCode.FINE;
    }
  }

  /** The view was wrong somewhere, and is right now. */
  record Repaired(ViewFindings findings) implements Outcome {
    static final String WORD = "repaired";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public int exitCode() {
      return ExitCode.FINE;
    }
  }

  /** The view is wrong somewhere: nothing was to be repaired, or other writers were faster. */
  record Drifted(ViewFindings findings) implements Outcome {
    static final String WORD = "drifted";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public int exitCode() {
      return ExitCode.DRIFT_NOT_REPAIRED;
    }
  }

  /** Dates wait for a check of quality, and were neither repaired nor sealed. */
  record Waiting(ViewFindings findings) implements Outcome {
    static final String WORD = "waiting";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public int exitCode() {
      return ExitCode.QUALITY_REFUSED;
    }
  }

  /** Dates have failed a check of quality, and were neither repaired nor sealed. */
  record Refused(ViewFindings findings) implements Outcome {
    static final String WORD = "refused";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public int exitCode() {
      return ExitCode.QUALITY_REFUSED;
    }
  }
}
