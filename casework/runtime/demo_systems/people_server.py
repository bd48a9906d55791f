"""Where does the LDAP directory of the demo live? OpenLDAP's slapd, as the machine's packages bring it, in a process of
its own: no port below 1024, no file outside the state folder.

It begins with a few people and two groups, all made up. One account may read everything and change nothing.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.served import Served
from casework.runtime.processes import ServiceFailed, wait_until

BASE: Final = "dc=example,dc=org"
PEOPLE: Final = f"ou=people,{BASE}"
GROUPS: Final = f"ou=groups,{BASE}"
READER: Final = f"cn=casewright,{BASE}"
OWNER: Final = f"cn=admin,{BASE}"
SCHEMAS: Final = Path("/etc/ldap/schema")
MODULES: Final = Path("/usr/lib/ldap")
PASSWORD: Final = "demo"  # noqa: S105 - of people who are made up, on this machine alone
BEGINS_WITH: Final = {
    "nora": ("Nora", "Nilsson", "desk"), "omar": ("Omar", "Okafor", "desk"), "pia": ("Pia", "Prinz", "auditors"),
}  # fmt: skip
NOT_HERE: Final = (
    "the directory is OpenLDAP's, which is not here: `apt-get install slapd` brings it (or your system's way)"
)


def slapd() -> str:
    """The program; empty where it is not here."""
    return shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/libexec") or ""


def is_here() -> bool:
    return bool(slapd()) and (SCHEMAS / "inetorgperson.schema").exists()


class PeopleServer(Served):
    """`certificate`: with its key, where it speaks TLS."""

    def __init__(self, port: int, state: Path | None = None, certificate: tuple[Path, Path] | None = None) -> None:
        super().__init__("directory", "slapd.log", port, state)
        self.certificate = certificate

    @property
    def address(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it answers, with the people that it begins with. Raises ServiceFailed."""
        if not is_here():
            raise ServiceFailed(NOT_HERE)
        settings = self._settings()
        self._begin(settings)
        wait_until(self.listens, self.run([slapd(), "-f", settings, "-h", self.address, "-d", "0"]), log=self.log)

    def _settings(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "slapd.conf"
        path.touch(mode=0o600)
        tls = ("TLSCertificateFile {}", "TLSCertificateKeyFile {}")
        path.write_text("\n".join([
            *(f"include {SCHEMAS / name}.schema" for name in ("core", "cosine", "inetorgperson")),
            f"pidfile {self.folder / 'slapd.pid'}",
            *((f"modulepath {MODULES}", "moduleload back_mdb") if MODULES.exists() else ()),  # else it has it inside
            *(line.format(file) for line, file in zip(tls, self.certificate or (), strict=False)),
            "database mdb", f'suffix "{BASE}"', f'rootdn "{OWNER}"', f"rootpw {self.password}",
            f"directory {self.folder / 'data'}", "index objectClass,uid,member,entryUUID eq",
            "access to attrs=userPassword by anonymous auth by * none",
            f'access to * by dn.exact="{READER}" read by anonymous auth by * none', "",
        ]))  # fmt: skip
        return path

    def _begin(self, settings: Path) -> None:
        """Fill it, once."""
        data = self.folder / "data"
        if data.exists():
            return
        data.mkdir(mode=0o700)
        added = subprocess.run(
            [slapd(), "-Ta", "-f", settings], input=first_people(self.password), text=True, capture_output=True,
            check=False,
        )  # fmt: skip
        if added.returncode:
            shutil.rmtree(data)
            raise ServiceFailed(f"the directory could not be filled: {added.stderr.strip()[-500:]}")


def first_people(password: str) -> str:
    """With whom the directory begins, as LDIF (RFC 2849). `password`: of the account that reads."""
    entries = [
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example",
        f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: casewright\n"
        f"userPassword: {password}",
        f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people",
        f"dn: {GROUPS}\nobjectClass: organizationalUnit\nou: groups",
    ]
    for uid, (first, last, _) in BEGINS_WITH.items():
        entries.append(
            f"dn: uid={uid},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {first} {last}\ngivenName: {first}\n"
            f"sn: {last}\nmail: {uid}@example.org\nuserPassword: {PASSWORD}"
        )
    for group in sorted({group for _, _, group in BEGINS_WITH.values()}):
        members = [f"member: uid={uid},{PEOPLE}" for uid, (_, _, its) in BEGINS_WITH.items() if its == group]
        entries.append("\n".join([f"dn: cn={group},{GROUPS}", "objectClass: groupOfNames", f"cn: {group}", *members]))
    return "\n\n".join([*entries, ""])
