# Sourced by ./dev and ./sextant. Sets JAVA_HOME to a JDK that can run Sextant, or says what to do and ends the script.
# $1 names the tool that must be there beside `java`: `javac` to build, `java` to run.

# The major version written in a JDK's own `release` file; nothing where there is no JDK. No process is started.
jdk_major() {
    local line
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*)
                line=${line#JAVA_VERSION=\"}
                line=${line%%[!0-9]*}
                printf '%s' "$line"
                return 0
                ;;
        esac
    done <"$1/release"
}

jdk_candidates() {
    local java
    [ -z "${JAVA_HOME:-}" ] || printf '%s\n' "$JAVA_HOME"
    if java=$(command -v java); then
        java=$(readlink -f "$java" 2>/dev/null || printf '%s' "$java")
        printf '%s\n' "${java%/bin/java}"
    fi
    local place
    for place in /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk*25* /opt/java/* "${HOME:-/}"/.sdkman/candidates/java/* \
        "${HOME:-/}"/.jdks/* "${HOME:-/}"/.local/share/mise/installs/java/* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ ! -d "$place" ] || printf '%s\n' "$place"
    done
}

find_jdk() {
    local tool=$1 home major newer='' seen=''
    while IFS= read -r home; do
        [ -x "$home/bin/$tool" ] || continue
        major=$(jdk_major "$home")
        [ -n "$major" ] || continue
        if [ "$major" = 25 ]; then
            export JAVA_HOME="$home"
            return 0
        fi
        [ "$major" -lt 25 ] || newer=${newer:-$home}
        case $seen in *" $major "*) ;; *) seen="$seen $major " ;; esac
    done < <(jdk_candidates)
    if [ -n "$newer" ]; then
        export JAVA_HOME="$newer"
        return 0
    fi
    {
        echo "Sextant needs a JDK 25, and none was found${seen:+ (found: Java$seen)}."
        echo "Looked at JAVA_HOME, the java on PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks and /Library/Java."
        echo "Install one (Debian, Ubuntu: apt install openjdk-25-jdk or temurin-25-jdk; macOS: brew install openjdk@25;"
        echo "any system: sdk install java 25-tem), or set JAVA_HOME to one that you have."
    } >&2
    exit 69
}
