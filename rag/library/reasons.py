"""Why the operating system refused, in Russian."""

from __future__ import annotations

import errno

_REASONS = {
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EROFS: "диск только для чтения",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "исчерпана квота на диске",
    errno.ENOENT: "нет такого файла или папки",
    errno.ENOTDIR: "часть пути — не папка",
    errno.EEXIST: "на её месте уже есть файл",
    errno.EISDIR: "это папка",
    errno.ELOOP: "ссылки ведут по кругу",
    errno.ENAMETOOLONG: "слишком длинное имя",
    errno.EIO: "ошибка чтения с диска",
}


def os_reason(error: OSError) -> str:
    """The reason of `error`, such as «нет прав»."""
    return _REASONS.get(error.errno or 0, f"ошибка системы {error.errno}")
